/** What is wrong with an expression, and where. */
export class FilterProblem extends Error {
	override readonly name = 'FilterProblem';

	/**
	 * @param summary one sentence.
	 * @param range of the expression, in UTF-16 units; undefined: all of it.
	 */
	constructor(
		readonly summary: string,
		readonly range?: { readonly start: number; readonly end: number } | undefined,
		readonly hints: FilterHints = {},
	) {
		super(summary);
	}
}

/** What helps to mend it. */
export interface FilterHints {
	/** Types, as CEL names them. */
	readonly expected?: string;
	readonly found?: string;
	/** A name that was perhaps meant. */
	readonly suggestion?: string | undefined;
}

/** A place in a text, counted from 1; columns in code points. */
export interface TextPosition {
	readonly line: number;
	readonly column: number;
}

/** Where a UTF-16 unit is. */
export function positionOf(expression: string, index: number): TextPosition {
	const before = expression.slice(0, index).split('\n');
	return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
}

/** Of a line, characters: a long expression is shown around its mistake. */
const SHOWN_BEFORE = 40;
const SHOWN_AFTER = 40;

/** The line of the mistake, and carets under it. */
export function caretText(expression: string, { start, end }: { start: number; end: number }): string {
	const lineStart = expression.lastIndexOf('\n', start - 1) + 1;
	const lineEnd = expression.indexOf('\n', lineStart);
	const line = [...expression.slice(lineStart, lineEnd < 0 ? undefined : lineEnd)];
	const column = [...expression.slice(lineStart, start)].length;
	const carets = Math.max(1, [...expression.slice(start, end)].length);
	const from = Math.max(0, column - SHOWN_BEFORE);
	const to = Math.min(line.length, column + SHOWN_AFTER);
	const shown = `${from > 0 ? '…' : ''}${line.slice(from, to).join('')}${to < line.length ? '…' : ''}`;
	const indent = column - from + (from > 0 ? 1 : 0);
	// Tabs stay tabs, so that the caret stands under its character.
	const margin = [...shown].slice(0, indent).map((character) => (character === '\t' ? '\t' : ' '));
	return `${shown}\n${margin.join('')}${'^'.repeat(Math.min(carets, Math.max(1, to - column)))}`;
}
