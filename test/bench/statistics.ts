/** The middle of the values. @throws RangeError when there are none. */
export function median(values: readonly number[]): number {
	return percentile(values, 50);
}

/**
 * The value below which so many percent of the values lie, between two of them in proportion.
 *
 * @throws RangeError when there are no values.
 */
export function percentile(values: readonly number[], percent: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const position = ((sorted.length - 1) * percent) / 100;
	const below = sorted[Math.floor(position)];
	const above = sorted[Math.ceil(position)];
	if (below === undefined || above === undefined) throw new RangeError('statistics of no values');
	return below + (above - below) * (position - Math.floor(position));
}

/** A set of times in short, in the unit of the values. */
export interface Spread {
	readonly count: number;
	readonly p50: number;
	readonly p99: number;
	readonly max: number;
}

/** Sums up values. @throws RangeError when there are none. */
export function spreadOf(values: readonly number[]): Spread {
	return {
		count: values.length,
		p50: median(values),
		p99: percentile(values, 99),
		max: percentile(values, 100),
	};
}
