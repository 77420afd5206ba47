import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CostClass } from '../gen/sonde/v1/options.js';
import type { PlanStep } from '../native.js';
import { PACKAGE_ROOT } from '../paths.js';

/** Where the build writes the catalogue. */
export const CATALOG_FILE = join(PACKAGE_ROOT, 'service/catalog/gen/catalog.json');
/** Where the build puts compiled BPF objects. */
export const OBJECT_DIRECTORY = join(PACKAGE_ROOT, 'bpf/gen');

const offset = z.number().int().nonnegative();
const tag = z.number().int().positive();

const Step: z.ZodType<PlanStep> = z.discriminatedUnion('op', [
	z.object({
		op: z.enum(['uint8', 'uint16', 'uint32', 'uint64', 'int32', 'int64', 'bool', 'ktime']),
		offset,
		tag,
	}),
	z.object({ op: z.enum(['chars', 'string']), offset, size: offset, tag, rawTag: tag }),
	z.object({ op: z.literal('message'), tag, steps: z.lazy(() => z.array(Step)) }),
]);

const Attachment = z.object({
	/** What the programs are attached to: the first part of their sections, for example "tracepoint". */
	kind: z.string(),
	/** Sections of the programs. */
	attachPoints: z.array(z.string()),
	/** Sections of the programs that keep arguments, attached where the kernel has no bpf_task_pt_regs. */
	startPoints: z.array(z.string()),
});

const Entry = z.object({
	/** For ProbeSpec.probe. */
	id: z.string(),
	/** File name of the BPF object, without its suffix. */
	object: z.string(),
	/** Full name of the payload message. */
	payload: z.string(),
	summary: z.string(),
	description: z.string(),
	cost: z.enum(CostClass),
	costNote: z.string(),
	attachments: z.array(Attachment),
	fields: z.array(
		z.object({
			name: z.string(),
			type: z.string(),
			unit: z.string(),
			description: z.string(),
			enumValues: z.array(z.string()),
		}),
	),
	plan: z.object({ steps: z.array(Step).readonly() }),
});

/** One way to attach a probe; the programs of each are written in its object. */
export type CatalogAttachment = z.infer<typeof Attachment>;

/** A probe, as the build joined it from contract and BPF object. */
export type CatalogEntry = z.infer<typeof Entry>;

/** Reads the catalogue that the build made. @throws Error when the package has not been built. */
export function readCatalog(): CatalogEntry[] {
	return z.array(Entry).parse(JSON.parse(readFileSync(CATALOG_FILE, 'utf8')));
}

/** Reads the BPF object of a probe. */
export function readObject(name: string): Buffer {
	return readFileSync(join(OBJECT_DIRECTORY, `${name}.bpf.o`));
}
