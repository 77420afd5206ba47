import { displayWidth, pad, truncate } from './display-width.js';

/** A column of a table whose rows come one by one, so that its width cannot depend on them. */
export interface Column {
	readonly title: string;
	/** Columns of the terminal that it takes where there is room. */
	readonly width: number;
	/** What it takes at least; default: width. */
	readonly minWidth?: number;
	/** Numbers and names that mean nothing when cut: a longer one pushes the rest of its row aside. */
	readonly exact?: boolean;
	readonly align?: 'left' | 'right';
	/** Left out when there is not room for all; the highest number first. Default: never. */
	readonly dropOrder?: number;
}

/** How the columns of a table fit into its width. The last column takes what is left. */
export interface Layout {
	readonly header: string;
	/** @param cells One for each column given to layOut, escaped. */
	row(cells: readonly string[]): string;
}

const GAP = 1;

/** Fits columns into `totalWidth`; undefined: everything is shown whole. */
export function layOut(columns: readonly Column[], totalWidth: number | undefined): Layout {
	const shown = choose(columns, totalWidth);
	const widths = distribute(shown, totalWidth);

	function line(cells: readonly string[], cutAll: boolean): string {
		let text = '';
		shown.forEach((column, position) => {
			const cell = cells[columns.indexOf(column)] ?? '';
			if (position === shown.length - 1) {
				text +=
					totalWidth === undefined ? cell : truncate(cell, Math.max(1, totalWidth - displayWidth(text)));
				return;
			}
			const width = widths[position] ?? 0;
			const cut = totalWidth === undefined || (column.exact && !cutAll) ? cell : truncate(cell, width);
			text += pad(cut, width, column.align) + ' '.repeat(GAP);
		});
		return text.trimEnd();
	}

	const titles = columns.map(({ title }) => title);
	return { header: line(titles, true), row: (cells) => line(cells, false) };
}

function choose(columns: readonly Column[], totalWidth: number | undefined): readonly Column[] {
	if (totalWidth === undefined) return columns;
	let shown = columns;
	while (neededWidth(shown) > totalWidth) {
		const candidates = shown.filter(({ dropOrder }) => dropOrder !== undefined);
		const highest = Math.max(...candidates.map(({ dropOrder = 0 }) => dropOrder));
		if (candidates.length === 0) break;
		shown = shown.filter(({ dropOrder }) => dropOrder !== highest);
	}
	return shown;
}

function neededWidth(columns: readonly Column[]): number {
	return columns.reduce((sum, column) => sum + minWidthOf(column) + GAP, -GAP);
}

function distribute(columns: readonly Column[], totalWidth: number | undefined): number[] {
	if (totalWidth === undefined) return columns.map(({ width }) => width);
	let spare = Math.max(0, totalWidth - neededWidth(columns));
	return columns.map((column) => {
		const extra = Math.min(spare, column.width - minWidthOf(column));
		spare -= extra;
		return minWidthOf(column) + extra;
	});
}

function minWidthOf({ width, minWidth = width }: Column): number {
	return minWidth;
}
