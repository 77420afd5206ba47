import { constants } from 'node:fs';

/** Bits that hold O_RDONLY, O_WRONLY or O_RDWR. Source: Linux include/uapi/asm-generic/fcntl.h. */
const ACCESS_MODE_MASK = 0o3;

/** By access mode; 3 asks for the permission to read and write but gives neither (open(2), "NOTES"). */
const ACCESS_MODES = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'];

/**
 * Flags that may be set beside the access mode; one that contains another one stands before it. Those with an octal
 * number are missing in Node's fs.constants, or (O_LARGEFILE) not what a tracer sees: they are x86-64's.
 * Source: Linux include/uapi/asm-generic/fcntl.h.
 */
const FLAGS: readonly (readonly [string, number])[] = [
	['O_CREAT', constants.O_CREAT],
	['O_EXCL', constants.O_EXCL],
	['O_NOCTTY', constants.O_NOCTTY],
	['O_TRUNC', constants.O_TRUNC],
	['O_APPEND', constants.O_APPEND],
	['O_NONBLOCK', constants.O_NONBLOCK],
	['O_SYNC', constants.O_SYNC],
	['O_DSYNC', constants.O_DSYNC],
	['O_ASYNC', 0o20000],
	['O_DIRECT', constants.O_DIRECT],
	['O_LARGEFILE', 0o100000],
	['O_TMPFILE', 0o20000000 | constants.O_DIRECTORY],
	['O_DIRECTORY', constants.O_DIRECTORY],
	['O_NOFOLLOW', constants.O_NOFOLLOW],
	['O_NOATIME', constants.O_NOATIME],
	['O_CLOEXEC', 0o2000000],
	['O_PATH', 0o10000000],
];

/** Writes flags of open(2) as in C, for example "O_RDONLY|O_CLOEXEC"; unknown bits in hexadecimal at the end. */
export function openFlags(flags: number): string {
	const names = [ACCESS_MODES[flags & ACCESS_MODE_MASK]];
	let rest = flags & ~ACCESS_MODE_MASK;
	for (const [name, bits] of FLAGS) {
		if ((rest & bits) !== bits) continue;
		names.push(name);
		rest &= ~bits;
	}
	if (rest !== 0) names.push(`0x${(rest >>> 0).toString(16)}`);
	return names.join('|');
}
