import { type Command, Option } from 'commander';
import { parseBudget } from './budget.js';
import { integerOption, optionParser } from './option-parsers.js';
import { parseRate } from './rate.js';
import { parseSize } from './size.js';

/** The largest number that fits the contract's uint32 fields. */
const UINT32_MAX = 2 ** 32 - 1;

/** What a trace may use; each can be given when it starts and changed later. */
export interface LimitOptions {
	/** Events a second; 0: unlimited. */
	readonly rate?: number;
	/** Thousandths of one core; 0: none. */
	readonly budget?: number;
	/** Bytes. */
	readonly buffer?: number;
	/** Keep one event in so many. */
	readonly sample?: number;
	readonly sampleBy?: 'event' | 'process';
	/** For all its probes; empty: none. */
	readonly filter?: string;
}

/** Adds these options to a command. */
export function addLimitOptions(command: Command): Command {
	return command
		.addOption(
			new Option('--rate <rate>', 'events a second at most, for example 5000/s, or unlimited').argParser(
				optionParser(parseRate),
			),
		)
		.addOption(
			new Option('--budget <share>', 'share of one core for its programs, for example 2%, or none').argParser(
				optionParser(parseBudget),
			),
		)
		.addOption(
			new Option(
				'--buffer <size>',
				'events that the node keeps for slow and late readers, for example 64MiB',
			).argParser(optionParser(parseSize)),
		)
		.addOption(new Option('--sample <n>', 'keep one event in n').argParser(integerOption(1, UINT32_MAX)))
		.addOption(
			new Option(
				'--sample-by <what>',
				'with --sample: each event by chance, or all events of one process in n',
			).choices(['event', 'process']),
		)
		.addOption(
			new Option(
				'--filter <expression>',
				'CEL over the fields of events, decided in the kernel: \'process.uid != 0 && path.startsWith("/etc/")\'',
			),
		);
}

/** The limits of the contract that were given. */
export function limitsOf({ rate, budget, buffer }: LimitOptions) {
	return {
		...(rate !== undefined && { eventsPerSecond: rate }),
		...(budget !== undefined && { cpuBudgetPermille: budget }),
		...(buffer !== undefined && { retentionBytes: buffer }),
	};
}
