import { statSync } from 'node:fs';
import type { Record } from '../gen/sonde/v1/record.js';
import { createBoundedMap } from '../metadata/bounded-map.js';
import type { Mention } from '../metadata/mention.js';
import { NOTHING_WITHHELD, type Withheld } from '../metadata/withheld.js';
import type { EventStack } from '../native.js';
import { type ElfSymbols, readElfSymbols } from './elf-symbols.js';
import { type Frame, UNKNOWN_FRAME } from './frame.js';
import { type KernelSymbols, kernelSymbols } from './kernel-symbols.js';
import { type Mapping, readMappings } from './mappings.js';

/** The stacks that the events of one trace name. */
export interface TraceStacks {
	mention(stack: EventStack): Mention;
}

/** Some 6 KB each; one that is forgotten and comes again is looked up and said again. */
const MOST_STACKS = 8_192;
/** What is kept of the symbols of files, bytes; a file without any counts as one of 1 KB. */
const MOST_SYMBOL_BYTES = 64 * 1024 * 1024;
const LEAST_FILE_BYTES = 1_024;
/** Processes whose mappings are kept, and for how long: libraries are loaded while they run. */
const MOST_PROCESSES = 256;
const MAPPINGS_AGE_MS = 1_000;

interface KnownMappings {
	readonly startBoottimeNs: bigint;
	readonly readMs: number;
	readonly mappings: readonly Mapping[];
}

/**
 * Makes an empty table. What it reads, it reads when the first stack comes that needs it.
 *
 * @param withheld what readers are not told.
 */
export function createTraceStacks({ paths: isPathless }: Withheld = NOTHING_WITHHELD): TraceStacks {
	const stacks = createBoundedMap<number, Mention>(MOST_STACKS);
	const files = createBoundedMap<string, ElfSymbols>(
		MOST_SYMBOL_BYTES,
		({ bytes }) => bytes + LEAST_FILE_BYTES,
	);
	const processes = createBoundedMap<number, KnownMappings>(MOST_PROCESSES);
	let kernel: KernelSymbols | undefined;

	function mappingsOf({ tgid, startBoottimeNs }: EventStack): readonly Mapping[] {
		const known = processes.get(tgid);
		const isFresh = known !== undefined && performance.now() - known.readMs < MAPPINGS_AGE_MS;
		if (isFresh && known.startBoottimeNs === startBoottimeNs) return known.mappings;
		const mappings = readMappings(tgid);
		processes.set(tgid, { startBoottimeNs, readMs: performance.now(), mappings });
		return mappings;
	}

	/** By the file itself: containers have others at the same paths, and packages replace them. */
	function symbolsOf(tgid: number, path: string): ElfSymbols | undefined {
		const file = `/proc/${tgid}/root${path}`;
		const stat = statSync(file, { throwIfNoEntry: false });
		if (stat === undefined) return undefined;
		const key = `${stat.dev}:${stat.ino}:${stat.mtimeMs}`;
		const known = files.get(key) ?? readElfSymbols(file);
		files.set(key, known);
		return known;
	}

	function userFrame(stack: EventStack, mappings: readonly Mapping[], address: bigint): Frame {
		const mapping = mappings.find(({ start, end }) => address >= start && address < end);
		if (mapping === undefined) return UNKNOWN_FRAME;
		const fileOffset = address - mapping.start + mapping.fileOffset;
		const found = symbolsOf(stack.tgid, mapping.path)?.find(fileOffset);
		return {
			symbol: found?.name ?? '',
			symbolOffset: found?.offset ?? 0n,
			module: mapping.path,
			fileOffset,
		};
	}

	function framesOf(stack: EventStack): Frame[] {
		if (stack.isUser) {
			const mappings = mappingsOf(stack);
			return Array.from(stack.addresses, (address) => userFrame(stack, mappings, address));
		}
		kernel ??= kernelSymbols();
		const symbols = kernel;
		return Array.from(stack.addresses, (address) => symbols.find(address) ?? UNKNOWN_FRAME);
	}

	return {
		mention(stack) {
			const known = stacks.get(stack.id);
			if (known !== undefined) return known;
			const frames = framesOf(stack);
			const value = {
				stackId: stack.id,
				addresses: [...stack.addresses],
				symbols: frames.map(({ symbol }) => symbol),
				isUser: stack.isUser,
				symbolOffsets: frames.map(({ symbolOffset }) => symbolOffset),
				// Of the kernel they are names, not paths.
				modules: frames.map(({ module }) => (isPathless && stack.isUser ? '' : module)),
				fileOffsets: stack.isUser ? frames.map(({ fileOffset }) => fileOffset) : [],
			};
			const record: Record = { kind: { $case: 'stacks', value } };
			const mention = { record: () => record };
			stacks.set(stack.id, mention);
			return mention;
		},
	};
}
