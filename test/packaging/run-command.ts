import { execFile } from 'node:child_process';
import { PACKAGE_ROOT } from '../../service/paths.js';

/** How a command ended. */
export interface CommandResult {
	readonly code: number;
	/** Standard output and standard error. */
	readonly output: string;
}

/** Runs a command in the root of the package, or elsewhere, to its end. */
export function runCommand(
	command: string,
	args: readonly string[],
	cwd: string = PACKAGE_ROOT,
): Promise<CommandResult> {
	return new Promise((resolve, reject) => {
		execFile(command, args, { cwd, maxBuffer: 1 << 24 }, (error, stdout, stderr) => {
			if (error !== null && typeof error.code !== 'number') reject(error);
			else resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
		});
	});
}
