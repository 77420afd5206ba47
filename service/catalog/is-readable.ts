import { closeSync, openSync } from 'node:fs';

/**
 * Whether this process can read a file or directory. By opening it: access(2), and existsSync with it, leaves out the
 * capabilities of an ordinary user, such as CAP_DAC_READ_SEARCH, which is what makes tracefs readable.
 */
export function isReadable(path: string): boolean {
	return whyNotReadable(path) === '';
}

/** The code of the error, "EACCES" for example; empty if it can be read. */
export function whyNotReadable(path: string): string {
	try {
		closeSync(openSync(path, 'r'));
		return '';
	} catch (error) {
		return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
	}
}
