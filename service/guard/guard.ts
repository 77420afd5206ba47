import type { Logger } from 'pino';
import { readObject } from '../catalog/entry.js';
import type { Feature } from '../gen/sonde/v1/node_service.js';
import { type GuardCounts, isNativeError, type Native, type NativeGuard } from '../native.js';
import type { GuardConfig, GuardMode } from './guard-config.js';
import { logRefusals } from './refusal-log.js';

/** Keeps others than the node from loading eBPF programs, or tells of them. It ends with the node's process at the latest. */
export interface Guard {
	/** What is in force; `off` also where the kernel cannot do what was asked for. */
	mode(): GuardMode;
	/** From the start of the node; undefined: it was never on. */
	counts(): GuardCounts | undefined;
	/** The features of the node, with what became of the guard. */
	features(): Feature[];
	/**
	 * Takes a configuration for the one before, and looks anew what its paths lead to. At no time nobody is guarded who is
	 * before and after. What cannot be taken changes nothing.
	 *
	 * @throws what startGuard throws.
	 */
	reload(config: GuardConfig): void;
	/** May be called twice. */
	close(): void;
}

/** What a guard needs. */
export interface GuardInit {
	readonly native: Pick<Native, 'Guard'>;
	readonly config: GuardConfig;
	/** Of this kernel and these privileges: localFeatures(). */
	readonly features: readonly Feature[];
	readonly log: Logger;
}

/** What a configuration says that does not mention it. */
export const NO_GUARD: GuardConfig = { mode: 'off', allow: [], required: false };

/** How often refusals are read and written: the ring has room for some sixty. */
const LOOK_MS = 500;

/** The guard of one configuration. */
interface Running {
	readonly config: GuardConfig;
	readonly guard: NativeGuard | undefined;
	/** Why there is none although one was wanted. */
	readonly reason: string;
}

const OFF: Running = { config: NO_GUARD, guard: undefined, reason: '' };

/**
 * Starts the guard. Where the kernel cannot, the node goes on without, and says so in its log and its feature.
 *
 * @throws Error with a message of one line: the guard is required, and the kernel cannot; or an executable is not there.
 */
export function startGuard({ native, config, features, log }: GuardInit): Guard {
	const possible = features.find(({ name }) => name === 'guard');
	let running: Running = OFF;
	running = start(config);
	let before: GuardCounts | undefined;
	let untold = 0n;
	let timer: NodeJS.Timeout | undefined;
	schedule();

	function schedule(): void {
		clearInterval(timer);
		timer = running.guard === undefined ? undefined : setInterval(look, LOOK_MS).unref();
	}

	function load(wanted: GuardConfig): Running {
		const { mode, allow } = wanted;
		if (mode === 'off') return { ...OFF, config: wanted };
		const guard = new native.Guard({ object: readObject('guard'), enforce: mode === 'enforce', allow });
		log.info({ mode, allow }, 'the guard is on');
		return { config: wanted, guard, reason: '' };
	}

	function start(wanted: GuardConfig): Running {
		const { mode, required } = wanted;
		try {
			return load(wanted);
		} catch (error) {
			if (!isNativeError(error)) throw error;
			if (error.code === 'INVALID_ARGUMENT') throw new Error(`guard.allow: ${error.message}`);
			const reason = possible?.available === false ? possible.detail : error.message;
			// What runs already is better than nothing.
			if (required || running.guard !== undefined)
				throw new Error(`guard.mode ${mode} cannot be had: ${reason}`);
			log.warn({ mode, reason }, 'the guard is off, as it cannot be had here');
			return { config: wanted, guard: undefined, reason };
		}
	}

	function look(): void {
		const { guard, config: current } = running;
		if (guard === undefined) return;
		const refusals = guard.take();
		const now = guard.counts().untold;
		logRefusals(log, refusals, { enforces: current.mode === 'enforce', untold: now - untold });
		untold = now;
	}

	function stop(): void {
		look();
		before = total(before, running.guard?.counts());
		untold = 0n;
		running.guard?.close();
	}

	return {
		mode: () => (running.guard === undefined ? 'off' : running.config.mode),
		counts: () => total(before, running.guard?.counts()),
		features: () =>
			features.map((feature) => (feature === possible ? describe(feature, running) : { ...feature })),
		reload(next) {
			const started = start(next);
			stop();
			running = started;
			schedule();
		},
		close() {
			clearInterval(timer);
			stop();
			running = OFF;
		},
	};
}

function describe(feature: Feature, { config: { mode, allow }, guard, reason }: Running): Feature {
	if (mode === 'off') return { ...feature, detail: `${feature.detail}; the node's configuration has it off` };
	if (guard === undefined) return { ...feature, available: false, detail: `asked for and off: ${reason}` };
	const others = allow.length === 0 ? 'the node' : 'the node and executables listed in its configuration';
	const detail =
		mode === 'enforce'
			? `only ${others} may load eBPF programs`
			: `eBPF programs of others than ${others} are told of in the log, and not refused`;
	return { ...feature, available: true, detail: `mode ${mode}: ${detail}`, remedy: '' };
}

function total(a: GuardCounts | undefined, b: GuardCounts | undefined): GuardCounts | undefined {
	if (a === undefined || b === undefined) return a ?? b;
	return {
		passed: a.passed + b.passed,
		refused: Object.fromEntries(
			Object.entries(a.refused).map(([call, count]) => [call, count + (b.refused[call] ?? 0n)]),
		),
		untold: a.untold + b.untold,
		missed: a.missed + b.missed,
	};
}
