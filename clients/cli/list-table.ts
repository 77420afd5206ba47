import { displayWidth, pad, truncate } from './display-width.js';

/** Columns are this far apart. */
const GAP = '  ';

/** The column that gives way on a narrow terminal keeps at least this many columns of it. */
const MIN_FLEXIBLE_WIDTH = 12;

/**
 * Lays out a table whose rows are all known, each column as wide as its widest cell.
 *
 * @param rows Header first; cells are escaped.
 * @param flexible Index of the column that is cut when the table is wider than `totalWidth`.
 * @param totalWidth Columns of the terminal; undefined: nothing is cut.
 */
export function listTable(
	rows: readonly (readonly string[])[],
	flexible: number,
	totalWidth: number | undefined,
): string {
	const widths: number[] = [];
	for (const cells of rows) {
		cells.forEach((cell, column) => {
			widths[column] = Math.max(widths[column] ?? 0, displayWidth(cell));
		});
	}
	if (totalWidth !== undefined) {
		const used = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
		const natural = widths[flexible] ?? 0;
		const left = natural - Math.max(0, used - totalWidth);
		widths[flexible] = Math.min(natural, Math.max(left, MIN_FLEXIBLE_WIDTH));
	}
	const lines = rows.map((cells) =>
		cells
			.map((cell, column) => pad(truncate(cell, widths[column] ?? 0), widths[column] ?? 0))
			.join(GAP)
			.trimEnd(),
	);
	return lines.map((line) => `${line}\n`).join('');
}
