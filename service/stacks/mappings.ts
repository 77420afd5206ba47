import { readFileSync } from 'node:fs';

/** A part of a process's memory that is a file's, and holds code. */
export interface Mapping {
	readonly start: bigint;
	readonly end: bigint;
	/** Of `start`, in the file. */
	readonly fileOffset: bigint;
	/** As the process names it. */
	readonly path: string;
}

/** "start-end perms offset device inode path". Source: proc_pid_maps(5). */
const LINE = /^([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) \S+ [1-9]\d* +(\/.*)$/;

/** The code of a process; empty if it has ended. */
export function readMappings(tgid: number): Mapping[] {
	return parseMappings(readText(`/proc/${tgid}/maps`));
}

/** @param text as the kernel writes it; what else stands in it is left out. */
export function parseMappings(text: string): Mapping[] {
	return text.split('\n').flatMap((line) => {
		const [, start, end, offset, path] = LINE.exec(line) ?? [];
		if (start === undefined || end === undefined || offset === undefined || path === undefined) return [];
		const number = (hex: string) => BigInt(`0x${hex}`);
		return [{ start: number(start), end: number(end), fileOffset: number(offset), path }];
	});
}

function readText(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return '';
	}
}
