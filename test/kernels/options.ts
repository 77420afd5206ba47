import { parseArgs } from 'node:util';
import { KERNEL_INDEPENDENT } from './kernel-independent.js';

/** Kernels of the matrix, as fetch.sh knows them. */
export const KERNELS = ['5.10', '6.1', '6.12', 'newest'] as const;

/** What a run of the matrix covers. */
export interface KernelOptions {
	readonly kernels: readonly string[];
	/** Names of test files, without folder and suffix. */
	readonly tests: readonly string[];
	/** Only tests whose names match this regular expression; undefined: all. */
	readonly pattern: string | undefined;
	/** Virtual machines at the same time. */
	readonly jobs: number;
	/** Write down what the kernels do with the probes, instead of comparing it with what is written down. */
	readonly record: boolean;
}

/** The arguments are wrong; the message says which. */
export class UsageError extends Error {
	override readonly name = 'UsageError';
}

/** A virtual machine has two CPUs and 2 GiB of memory. */
const MAX_JOBS = 16;

export const USAGE = `usage: npm run test:kernels -- [--kernel NAME]... [--test NAME]... [--pattern REGEX] [--jobs N] [--record]

  --kernel NAME    one of ${KERNELS.join(', ')} (default: all)
  --test NAME      a file of test/e2e, for example "opens" (default: all that depend on the kernel)
  --pattern REGEX  only tests whose names match, for example "one CPU"
  --jobs N         virtual machines at the same time (default 2)
  --record         write test/kernels/record.json and docs/probes.md instead of comparing with them`;

/**
 * Reads the arguments; undefined when they ask for help.
 *
 * @throws UsageError.
 */
export function parseOptions(args: readonly string[], tests: readonly string[]): KernelOptions | undefined {
	const values = parse(args);
	if (values.help) return undefined;
	const jobs = Number(values.jobs);
	if (!/^\d+$/.test(values.jobs) || jobs < 1 || jobs > MAX_JOBS) {
		throw new UsageError(`--jobs is "${values.jobs}", not a whole number from 1 to ${MAX_JOBS}`);
	}
	return {
		kernels: values.kernel?.map((name) => oneOf('--kernel', name, KERNELS)) ?? KERNELS,
		tests:
			values.test?.map((name) => oneOf('--test', name, tests)) ??
			tests.filter((name) => !KERNEL_INDEPENDENT.includes(name)),
		pattern: values.pattern,
		jobs,
		record: values.record,
	};
}

function parse(args: readonly string[]) {
	try {
		return parseArgs({
			args: [...args],
			options: {
				kernel: { type: 'string', multiple: true },
				test: { type: 'string', multiple: true },
				pattern: { type: 'string' },
				jobs: { type: 'string', default: '2' },
				record: { type: 'boolean', default: false },
				help: { type: 'boolean', short: 'h', default: false },
			},
		}).values;
	} catch (cause) {
		throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
	}
}

function oneOf(option: string, name: string, known: readonly string[]): string {
	if (known.includes(name)) return name;
	throw new UsageError(`${option} is "${name}", not one of ${known.join(', ')}`);
}
