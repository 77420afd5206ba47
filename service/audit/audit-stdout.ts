import { writeSync } from 'node:fs';
import type { LineWriter } from './line-writer.js';

const STDOUT = 1;

/** Lines on standard output. A reader that does not read makes the node wait, or, by a pipe that does not block, refuse. */
export function createAuditStdout(descriptor = STDOUT): LineWriter {
	let isTorn = false;
	return {
		write(line) {
			const bytes = Buffer.from(isTorn ? `\n${line}` : line);
			let written = 0;
			try {
				while (written < bytes.length) written += writeSync(descriptor, bytes, written);
				isTorn = false;
			} catch (error) {
				isTorn ||= written > 0;
				throw error;
			}
		},
		requireRoom: () => undefined,
		reopen: () => undefined,
		close: () => undefined,
	};
}
