/** Names that differ in more than a third of their characters were not meant. */
const MOST_DIFFERENT = 1 / 3;

/** The name that was perhaps meant by a wrong one. */
export function suggest(wrong: string, names: Iterable<string>): string | undefined {
	let best: { readonly name: string; readonly distance: number } | undefined;
	for (const name of names) {
		const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
		if (distance > Math.max(1, name.length * MOST_DIFFERENT)) continue;
		if (best === undefined || distance < best.distance) best = { name, distance };
	}
	return best?.name;
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
