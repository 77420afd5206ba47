import { allCpuSeconds, type RowFigures } from './figures.js';
import type { Response } from './response.js';

/** All that is known of one way to watch. */
export interface Subject {
	readonly row: RowFigures;
	/** undefined: not measured. */
	readonly response: Response | undefined;
}

/** One figure beside those of others. */
export interface Comparison {
	readonly figure: string;
	readonly digits: number;
	readonly value: number;
	readonly limit: number | undefined;
	readonly bestPeer: { readonly name: string; readonly value: number } | undefined;
}

interface Figure {
	readonly name: string;
	readonly digits: number;
	readonly best: 'least' | 'most';
	readonly of: (subject: Subject) => number | undefined;
}

const MB = 1e6;

const FIGURES: readonly Figure[] = [
	{ name: 'added ns per open', digits: 0, best: 'least', of: ({ row }) => row.addedNs },
	{
		name: 'CPU s per 1M events, service',
		digits: 2,
		best: 'least',
		of: ({ row }) => row.serverCpuSeconds,
	},
	{ name: 'CPU s per 1M events, with client', digits: 2, best: 'least', of: ({ row }) => allCpuSeconds(row) },
	{ name: 'came out, %', digits: 2, best: 'most', of: ({ row }) => row.cameOut * 100 },
	{ name: 'bytes per event', digits: 0, best: 'least', of: ({ row }) => row.bytesPerEvent },
	{ name: 'resident MB, service', digits: 0, best: 'least', of: ({ row }) => row.residentBytes / MB },
	{ name: 'start to first event, ms', digits: 1, best: 'least', of: ({ response }) => response?.startMs.p50 },
	{
		name: 'event to client p50, ms',
		digits: 1,
		best: 'least',
		of: ({ response }) => response?.latencyMs.p50,
	},
	{
		name: 'event to client p99, ms',
		digits: 1,
		best: 'least',
		of: ({ response }) => response?.latencyMs.p99,
	},
];

/** Puts each figure of one beside that of the limit and the best that any peer has, each figure for itself. */
export function compare(
	subject: Subject,
	limit: Subject | undefined,
	peers: readonly Subject[],
): Comparison[] {
	return FIGURES.flatMap(({ name, digits, best, of }) => {
		const value = of(subject);
		if (value === undefined) return [];
		const sign = best === 'least' ? 1 : -1;
		const [bestPeer] = peers
			.flatMap((peer) => {
				const other = of(peer);
				return other === undefined ? [] : [{ name: peer.row.name, value: other }];
			})
			.sort((a, b) => sign * (a.value - b.value));
		return [{ figure: name, digits, value, limit: limit && of(limit), bestPeer }];
	});
}
