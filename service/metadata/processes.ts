import { unixNanoNow } from '../duration.js';
import type { Ancestor, Record } from '../gen/sonde/v1/record.js';
import { createBoundedMap } from './bounded-map.js';
import type { Mention } from './mention.js';
import { cutArguments, type ProcProcess, readProcess, ticksOf } from './proc-process.js';

/** Processes that are remembered. */
const MOST_PROCESSES = 16_384;
/** The node hears of a fork or an exec within some milliseconds; where it does not, what is known must do. */
const PATIENCE_NS = 3_000_000_000n;
/** Of a record. */
const MOST_ANCESTORS = 16;

/** Names a process for good. */
export interface ProcessKey {
	readonly tgid: number;
	/** 0n: known only to the tick, from /proc. */
	readonly startNs: bigint;
}

/** What a process runs. */
type ProcessFacts = Pick<ProcProcess, 'executable' | 'arguments' | 'argumentsTruncated'>;

/** The processes that events name, and those above them. */
export interface ProcessTable {
	/** @param mayLook whether /proc may be read for one that is not known; else it is when its record is made. */
	mention(key: ProcessKey, mayLook: boolean): Mention;
	/** A process has made another, which runs the same. */
	forked(parent: ProcessKey, child: ProcessKey): void;
	/** A process runs another program: from now on it is mentioned anew. */
	executed(key: ProcessKey, path: string, args: readonly string[], argsTruncated: boolean): void;
	/** Something has happened that the table was not told: what it knows may be wrong by now. */
	lost(): void;
	/** Forgets all. */
	clear(): void;
}

interface Process extends Mention {
	readonly tgid: number;
	readonly startTicks: bigint;
	startNs: bigint;
	parent: ProcessKey | undefined;
	facts: ProcessFacts | undefined;
	/** They are its own, by an execve or by /proc, and not those of the one that made it. */
	areOwn: boolean;
	/** They are what /proc has. */
	isResolved: boolean;
	/** There is no use in looking for it (again). */
	isGone: boolean;
	/** When it was mentioned last: the execs and forks before may still be on their way here. */
	mentionedUnixNano: bigint;
	/** How often something had been lost when it came. */
	losses: number;
	/** What readers are told. */
	said: Record | undefined;
}

/**
 * Makes an empty table.
 *
 * @param completeUntil up to when it has been told of all forks and execs, Unix ns.
 * @param read what /proc has.
 */
export function createProcessTable(completeUntil: () => bigint, read = readProcess): ProcessTable {
	const processes = createBoundedMap<number, Process>(MOST_PROCESSES);
	let losses = 0;

	function find({ tgid, startNs }: ProcessKey): Process | undefined {
		const process = processes.get(tgid);
		if (process === undefined || startNs === 0n) return process;
		if (process.startNs === 0n && process.startTicks === ticksOf(startNs)) process.startNs = startNs;
		// The id belongs to another one by now.
		return process.startNs === startNs ? process : undefined;
	}

	function add({ tgid, startNs }: ProcessKey, startTicks: bigint): Process {
		const process: Process = {
			tgid,
			startNs,
			startTicks,
			...{
				parent: undefined,
				facts: undefined,
				areOwn: false,
				isResolved: false,
				isGone: false,
				said: undefined,
			},
			mentionedUnixNano: 0n,
			losses,
			record: () => recordOf(process),
		};
		processes.set(tgid, process);
		return process;
	}

	/** Completes what is known from /proc; what an execve has said stays if the process has ended. */
	function look(process: Process): void {
		if (process.isResolved || process.isGone) return;
		const found = read(process.tgid);
		if (found === undefined || found.startTicks !== process.startTicks) {
			process.isGone = true;
			return;
		}
		process.facts = found;
		process.areOwn = true;
		process.parent ??= { tgid: found.parentTgid, startNs: 0n };
		process.isResolved = true;
	}

	/** undefined: it is not known, and has ended. */
	function findAncestor(key: ProcessKey): Process | undefined {
		const known = find(key);
		if (known !== undefined) return known;
		const found = read(key.tgid);
		if (found === undefined) return undefined;
		if (key.startNs !== 0n && found.startTicks !== ticksOf(key.startNs)) return undefined;
		const process = add(key, found.startTicks);
		look(process);
		return process;
	}

	function ancestorsOf(process: Process): Ancestor[] {
		const ancestors: Ancestor[] = [];
		let key = process.parent;
		// The kernel's own first process is no one's.
		while (key !== undefined && key.tgid !== 0 && ancestors.length < MOST_ANCESTORS) {
			const parent = findAncestor(key);
			if (parent !== undefined) look(parent);
			ancestors.push({
				tgid: key.tgid,
				startBoottimeNs: parent?.startNs ?? key.startNs,
				executable: parent?.facts?.executable ?? '',
			});
			key = parent?.parent;
		}
		return ancestors;
	}

	function recordOf(process: Process): Record | undefined {
		if (process.said !== undefined) return process.said;
		look(process);
		const { tgid, startNs, areOwn, parent } = process;
		// It has ended; what it ran last may be something else than is known by now, or its fork may come after its exec.
		if ((!areOwn || parent === undefined) && !isSettled(process)) return undefined;
		// What was lost meanwhile may have been its exec: better nothing than what it was forked with.
		const facts = areOwn || process.losses === losses ? process.facts : undefined;
		const value = {
			tgid,
			startBoottimeNs: startNs,
			values: {},
			executable: facts?.executable ?? '',
			arguments: [...(facts?.arguments ?? [])],
			argumentsTruncated: facts?.argumentsTruncated ?? false,
			ancestors: ancestorsOf(process),
		};
		process.said = { kind: { $case: 'metadata', value } };
		return process.said;
	}

	function isSettled({ mentionedUnixNano }: Process): boolean {
		return completeUntil() > mentionedUnixNano || unixNanoNow() - mentionedUnixNano > PATIENCE_NS;
	}

	function findOrAdd(key: ProcessKey): Process {
		return find(key) ?? add(key, ticksOf(key.startNs));
	}

	return {
		mention(key, mayLook) {
			const process = findOrAdd(key);
			if (process.said === undefined) process.mentionedUnixNano = unixNanoNow();
			// Now, as those above it may have ended when it is sent.
			if (mayLook) process.record();
			return process;
		},
		forked(parent, child) {
			const caller = findOrAdd(parent);
			// It runs now, or has just run: later its child may be all that is left, or it may run something else.
			if (caller.facts === undefined) look(caller);
			const process = find(child);
			if (process === undefined) {
				const added = add(child, ticksOf(child.startNs));
				added.facts = caller.facts;
				added.parent = parent;
				return;
			}
			process.facts ??= caller.facts;
			process.parent = parent;
		},
		executed(key, path, args, argsTruncated) {
			const before = find(key);
			const cut = cutArguments(args);
			const truncated = argsTruncated || cut.argumentsTruncated;
			const facts = { executable: path, arguments: cut.arguments, argumentsTruncated: truncated };
			// It was looked at in the meantime.
			if (before?.facts !== undefined && before.isResolved && isSame(before.facts, facts)) return;
			// What has been told stays true of the events until now.
			const process = before?.said === undefined ? findOrAdd(key) : add(key, ticksOf(key.startNs));
			process.parent = before?.parent;
			process.facts = facts;
			process.areOwn = true;
			process.isResolved = false;
		},
		lost() {
			processes.clear();
			losses++;
		},
		clear: processes.clear,
	};
}

/** By their arguments: the same file has different paths. */
function isSame(a: ProcessFacts, b: ProcessFacts): boolean {
	return a.argumentsTruncated === b.argumentsTruncated && a.arguments.join('\0') === b.arguments.join('\0');
}
