import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** Whether others are kept from loading eBPF programs: not at all, they are only told of, or refused. */
export type GuardMode = 'off' | 'audit' | 'enforce';

/** What the node's configuration says of the guard. */
export interface GuardConfig {
	readonly mode: GuardMode;
	/** Absolute paths of executables that may load programs too. */
	readonly allow: readonly string[];
	/** Without the guard the node does not start. */
	readonly required: boolean;
}

/** Of a map in bpf/guard/guard.bpf.c. */
const MOST_EXECUTABLES = 1_024;

/** The section `guard` of the node's configuration file. */
export const guardSchema = z
	.strictObject({
		mode: z.enum(['off', 'audit', 'enforce']).default('off'),
		allow: z
			.array(z.string().superRefine(checkExecutable))
			.max(MOST_EXECUTABLES)
			.default(() => []),
		required: z.boolean().default(false),
	})
	.prefault({});

function checkExecutable(path: string, context: z.RefinementCtx): void {
	const problem = problemOf(path);
	if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
}

function problemOf(path: string): string | undefined {
	if (!isAbsolute(path)) return 'must be an absolute path';
	try {
		const status = statSync(path);
		if (!status.isFile() || (status.mode & 0o111) === 0) return 'must be an executable file';
		// The kernel knows whoever runs it as its interpreter.
		if (isScript(path))
			return 'is a script: only its interpreter can be listed, with all scripts that it runs';
		return undefined;
	} catch (error) {
		return error instanceof Error ? `cannot be used: ${error.message}` : String(error);
	}
}

/** Of a file that cannot be read it is not known; such a script could not be run either. */
function isScript(path: string): boolean {
	const start = Buffer.alloc(2);
	let file: number;
	try {
		file = openSync(path, 'r');
	} catch {
		return false;
	}
	readSync(file, start, 0, start.length, 0);
	closeSync(file);
	return start.toString('latin1') === '#!';
}
