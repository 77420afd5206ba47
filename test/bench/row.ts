import type { LoadResult } from './load.js';
import type { Processes } from './processes.js';

/** What one process used for a row. */
export interface Use {
	/** From before the load until all was read. */
	readonly cpuNs: number;
	/** The most that was resident since its start. */
	readonly peakBytes: number;
}

/** One measurement of a row: the load, and what watching it took and gave. */
export interface RowResult {
	readonly load: LoadResult;
	/** Events that came out, also those of other processes. */
	readonly events: number;
	/** Of these events, in the form in which they came out. */
	readonly bytes: number;
	/** Opens of the load that did not come out. */
	readonly lost: number;
	/** The tool, or the service. */
	readonly server: Use;
	/** The client of a service, where there is one. */
	readonly client: Use | undefined;
	/** Of the server while it was new, by a load that is not measured: its JavaScript was being compiled. */
	readonly cold?: { readonly cpuNs: number; readonly events: number };
	/** What the tool itself says that a hit costs, ns; absent where it says nothing. */
	readonly estimatedNs?: number;
	/** What the parts say themselves, for the raw figures. */
	readonly details: unknown;
}

/** Something to measure. */
export interface Row {
	readonly name: string;
	/** Also measured where it cannot run: then that is its result. */
	readonly isOptional: boolean;
	/** Measures it once, with a load of so many seconds. */
	readonly measure: (seconds: number) => Promise<RowResult>;
}

/** Why there is no measurement. */
export interface NotAvailable {
	readonly unavailable: string;
}

/** Of each end of a reason. */
const MOST_REASON_CHARACTERS = 160;

/** Narrows a measurement or the reason why there is none. */
export function isAvailable<T extends object>(result: T): result is Exclude<T, NotAvailable> {
	return !('unavailable' in result);
}

/**
 * Gives what the promise gives. What it throws becomes the reason, and what it had started is ended, so that it does not
 * disturb what follows; unless the run is being ended.
 */
export async function orNotAvailable<T extends object>(
	processes: Processes,
	measuring: Promise<T>,
	signal: AbortSignal,
): Promise<T | NotAvailable> {
	try {
		return await measuring;
	} catch (error) {
		signal.throwIfAborted();
		await processes.close();
		const reason = error instanceof Error ? error.message : String(error);
		return { unavailable: shorten(reason) };
	}
}

/** Says what failed and the last word on why: tools print much before they fail. */
function shorten(reason: string): string {
	const [first = '', ...more] = reason.split('\n').map((line) => line.slice(0, MOST_REASON_CHARACTERS));
	const last = more.at(-1);
	return last === undefined ? first : `${first} … ${last}`;
}
