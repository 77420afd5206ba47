/** What one event says, as far as both sides show it. */
export type Row = Readonly<Record<string, string | number | boolean>>;

/** Rows that only one side has; one that both have, but one of them more often, as often as that. */
export interface Differences {
	readonly onlyOurs: readonly Row[];
	readonly onlyTheirs: readonly Row[];
}

/** Compares rows as sets in which each can be several times. */
export function differences(ours: readonly Row[], theirs: readonly Row[]): Differences {
	return { onlyOurs: without(ours, theirs), onlyTheirs: without(theirs, ours) };
}

function without(rows: readonly Row[], others: readonly Row[]): Row[] {
	const counts = new Map<string, number>();
	for (const row of others) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1);
	return rows.filter((row) => {
		const count = counts.get(keyOf(row)) ?? 0;
		counts.set(keyOf(row), count - 1);
		return count <= 0;
	});
}

function keyOf(row: Row): string {
	return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}
