import type { NotAvailable } from './row.js';

/** A line for each that could not be measured, to stand under a table. */
export function listMissing(
	results: readonly ({ readonly name: string } | (NotAvailable & { readonly name: string }))[],
): string {
	return results
		.flatMap((result) =>
			'unavailable' in result ? `Not available: ${result.name}: ${result.unavailable}\n` : [],
		)
		.join('');
}

/** A table in Markdown, with columns that line up. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = headings.map((heading, column) =>
		Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
	);
	const line = (cells: readonly string[]) =>
		`| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |\n`;
	const rule = line(widths.map((width) => '-'.repeat(width)));
	return line(headings) + rule + rows.map(line).join('');
}
