import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Hooks, startChild } from './child.js';
import { type Opener, waiting } from './opens.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/file-calls');

// x86-64: arch/x86/entry/syscalls/syscall_64.tbl
const NUMBERS = {
	read: 0,
	write: 1,
	open: 2,
	close: 3,
	stat: 4,
	fstat: 5,
	lstat: 6,
	lseek: 8,
	pread64: 17,
	pwrite64: 18,
	readv: 19,
	writev: 20,
	alarm: 37,
	fsync: 74,
	chdir: 80,
	fdatasync: 75,
	rename: 82,
	mkdir: 83,
	rmdir: 84,
	unlink: 87,
	chmod: 90,
	fchmod: 91,
	chown: 92,
	fchown: 93,
	lchown: 94,
	chroot: 161,
	mount: 165,
	umount2: 166,
	openat: 257,
	newfstatat: 262,
	fchownat: 260,
	unlinkat: 263,
	renameat: 264,
	fchmodat: 268,
	unshare: 272,
	eventfd2: 290,
	preadv: 295,
	pwritev: 296,
	renameat2: 316,
	memfd_create: 319,
	preadv2: 327,
	pwritev2: 328,
	statx: 332,
	move_mount: 429,
	fsopen: 430,
	fsconfig: 431,
	fsmount: 432,
	fchmodat2: 452,
} as const;

/** What a call is given: a number, a text, what an earlier call returned, a buffer, a vector of parts with these sizes. */
export type Argument =
	| number
	| string
	| Buffer
	| { readonly result: number }
	| { readonly parts: readonly number[] }
	| typeof BUFFER;

export const NULL = 0;
/** No address of a process. */
export const BAD = 8;
export const BUFFER = Symbol('buffer');

/** A system call and its arguments. */
export type Call = readonly [keyof typeof NUMBERS, ...Argument[]];

/** A process that will make these calls, one after the other, and print what each returned. */
export function callScript(t: Hooks, calls: readonly Call[]): Promise<Opener> {
	const lines = calls.map(([name, ...args]) => `${[NUMBERS[name], ...args.map(word)].join(' ')}\n`);
	return waiting(startChild(t, PROGRAM, ['script']), lines.join(''));
}

function word(argument: Argument): string {
	if (typeof argument === 'number') return String(argument);
	if (argument === BUFFER) return 'b';
	if (typeof argument === 'string') return `x${Buffer.from(argument).toString('hex')}`;
	if (Buffer.isBuffer(argument)) return `x${argument.toString('hex')}`;
	return 'result' in argument ? `$${argument.result}` : `v${argument.parts.join(',')}`;
}

/**
 * A process whose threads, all on one CPU, will each `count` times read a byte of a file at an offset of their own, from
 * THREAD * count, and remove the missing /sonde/THREAD/I.
 */
export function callThreads(
	t: Hooks,
	{ threads, count, file }: { threads: number; count: number; file: string },
): Promise<Opener> {
	return waiting(startChild(t, PROGRAM, ['threads', String(threads), '0', String(count), file]), '');
}
