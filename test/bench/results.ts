import { compare, type Subject } from './comparison.js';
import type { EncoderResult } from './encoder-row.js';
import type { FanOutResult } from './fan-out.js';
import { cpuNsPerCall, type RowFigures, summarizeRow } from './figures.js';
import type { HandoverResult } from './handover-row.js';
import { LIMIT_ROW } from './limit-row.js';
import type { LoadResult } from './load.js';
import { PEER_NAMES } from './peers.js';
import type { ProbeCost } from './probe-cost-figures.js';
import type { RejectResult } from './reject.js';
import type { RemoteResult } from './remote.js';
import type { Response } from './response.js';
import type { ResumeResult } from './resume.js';
import type { Round } from './rounds.js';
import { isAvailable, type NotAvailable, type RowResult } from './row.js';

/** All that a run measured. */
export interface Results {
	/** Names of the rows, in the order of each round's results. */
	readonly rows: readonly string[];
	readonly rounds: readonly Round[];
	/** Sonde alone, for longer. */
	readonly long: RowResult;
	readonly responses: readonly (Response | (NotAvailable & { readonly name: string }))[];
	readonly remote: RemoteResult | NotAvailable;
	readonly fanOut: FanOutResult;
	readonly rejects: RejectResult | NotAvailable;
	readonly probeCosts: readonly ProbeCost[] | NotAvailable;
	readonly resume: ResumeResult | NotAvailable;
	readonly handover: HandoverResult | NotAvailable;
	readonly encoder: EncoderResult | NotAvailable;
}

export const LONG_ROW = 'Sonde, long run';

/** A row that could not be measured, and why. */
export type RowSummary = RowFigures | (NotAvailable & { readonly name: string });

/** Figures of all rows of the rounds, and of the long run. */
export function summarizeRows({ rows, rounds, long }: Results): RowSummary[] {
	const summaries = rows.map((name, index): RowSummary => {
		const results = rounds.map(({ results: all }) => all[index]);
		const measured = results.flatMap((result, round) => {
			const none = rounds[round]?.none;
			return result !== undefined && none !== undefined && isAvailable(result) ? [{ result, none }] : [];
		});
		if (measured.length > 0) return summarizeRow(name, measured);
		const missing = results.find((result) => result !== undefined && !isAvailable(result));
		return { name, unavailable: missing && !isAvailable(missing) ? missing.unavailable : 'not measured' };
	});
	return [...summaries, summarizeRow(LONG_ROW, [{ result: long, none: medianNone(rounds) }])];
}

/** Finds a row that was measured. */
export function findRow(rows: readonly RowSummary[], name: string): RowFigures | undefined {
	return rows.filter(isAvailable).find((row) => row.name === name);
}

/** One row beside the limit and the peers. */
export function compareRow(name: string, rows: readonly RowSummary[], { responses }: Results) {
	const subject = (other: string): Subject[] => {
		const row = findRow(rows, other);
		const response = responses.filter(isAvailable).find((one) => one.name === other);
		return row === undefined ? [] : [{ row, response }];
	};
	const [own] = subject(name);
	return own === undefined ? [] : compare(own, subject(LIMIT_ROW)[0], PEER_NAMES.flatMap(subject));
}

/** The round without tracing that is neither the fastest nor the slowest. */
function medianNone(rounds: readonly Round[]): LoadResult {
	const loads = rounds.map(({ none }) => none).sort((a, b) => cpuNsPerCall(a) - cpuNsPerCall(b));
	const none = loads[Math.floor(loads.length / 2)];
	if (none === undefined) throw new RangeError('no rounds');
	return none;
}
