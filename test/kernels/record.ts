import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PACKAGE_ROOT } from '../../service/paths.js';

/** What a kernel does with a probe. */
const Probe = z.object({
	/** Kinds of its programs, or why it is not available. */
	attachment: z.string(),
	/** Instructions that the verifier walked through, by name of the program. */
	verified: z.record(z.string(), z.number().int().positive()),
});
const Record = z.record(z.string(), z.record(z.string(), Probe));

/** What one kernel does with the probes, by id. */
export type ProbesOfKernel = Readonly<Record<string, z.infer<typeof Probe>>>;

/** The same for kernels by their names in the matrix, as it was when somebody last looked at it and found it good. */
export type KernelRecord = Readonly<Record<string, ProbesOfKernel>>;

export const RECORD_FILE = join(PACKAGE_ROOT, 'test/kernels/record.json');

/** A program may grow so much before somebody has to look at it. */
const MOST_GROWTH = 1.2;

/** Reads what is checked in. */
export function readRecord(): KernelRecord {
	return Record.parse(JSON.parse(readFileSync(RECORD_FILE, 'utf8')));
}

/** How a run differs from the record in what may not differ, a line each. */
export function differences(recorded: ProbesOfKernel | undefined, found: ProbesOfKernel): string[] {
	if (recorded === undefined) return ['this kernel is not in the record: run with --record'];
	const gone = Object.keys(recorded).filter((id) => found[id] === undefined);
	return [
		...gone.map((id) => `${id} is in the record, and was not there`),
		...Object.entries(found).flatMap(([id, probe]) => differencesOf(id, recorded[id], probe)),
	];
}

function differencesOf(
	id: string,
	recorded: ProbesOfKernel[string] | undefined,
	{ attachment, verified }: ProbesOfKernel[string],
): string[] {
	if (recorded === undefined) return [`${id} is not in the record: run with --record`];
	if (recorded.attachment !== attachment)
		return [`${id} is "${attachment}", recorded as "${recorded.attachment}"`];
	return Object.entries(verified).flatMap(([name, count]) => {
		const before = recorded.verified[name];
		if (before === undefined) return [`${id}: the program ${name} is not in the record: run with --record`];
		if (count <= before * MOST_GROWTH) return [];
		return [`${id}: the verifier walks ${count} instructions of ${name}, recorded are ${before}`];
	});
}
