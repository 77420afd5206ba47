/** A line of a tool's table, by the names of its columns. */
export type TableLine = ReadonlyMap<string, string>;

/**
 * The lines below a table's header, which is the first line that names `column`. The last column has all that is left of
 * its line. Lines that have less than the header, such as the rest of a path with a newline, are left out.
 */
export function parseTable(text: string, column: string): TableLine[] {
	const lines = text.split('\n');
	const header = lines.findIndex((line) => line.trim().split(/\s+/).includes(column));
	if (header === -1) return [];
	const names = (lines[header] ?? '').trim().split(/\s+/);
	const pattern = new RegExp(`^\\s*${'(\\S+)\\s+'.repeat(names.length - 1)}(.*)$`);
	return lines.slice(header + 1).flatMap((line) => {
		const match = pattern.exec(line);
		if (match === null) return [];
		return [new Map(names.map((name, i) => [name, match[i + 1] ?? '']))];
	});
}

/** A column as a number; NaN where it is none. */
export function numberIn(line: TableLine, column: string): number {
	return Number(line.get(column) || Number.NaN);
}

/** A column as text. */
export function textIn(line: TableLine, column: string): string {
	return line.get(column) ?? '';
}
