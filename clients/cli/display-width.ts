/** Takes the place of what was cut off. */
const ELLIPSIS = '…';

/** Combining marks are drawn over the character before them. */
const ZERO_WIDTH = /^[\p{Mn}\p{Me}]$/u;

/**
 * Code points that take two columns of a terminal, as inclusive ranges in ascending order.
 * Source: Node's lib/internal/util/inspect.js, isFullWidthCodePoint (after Unicode's EastAsianWidth).
 */
const WIDE: readonly (readonly [number, number])[] = [
	[0x1100, 0x115f],
	[0x2329, 0x232a],
	[0x2e80, 0x303e],
	[0x3040, 0x3247],
	[0x3250, 0x4dbf],
	[0x4e00, 0xa4c6],
	[0xa960, 0xa97c],
	[0xac00, 0xd7a3],
	[0xf900, 0xfaff],
	[0xfe10, 0xfe19],
	[0xfe30, 0xfe6b],
	[0xff01, 0xff60],
	[0xffe0, 0xffe6],
	[0x1b000, 0x1b001],
	[0x1f200, 0x1f251],
	[0x1f300, 0x1f64f],
	[0x1f900, 0x1f9ff],
	[0x20000, 0x3fffd],
];

/** Columns that text takes on a terminal. The text must have been escaped: controls have no width. */
export function displayWidth(text: string): number {
	if (isAscii(text)) return text.length;
	let width = 0;
	for (const character of text) width += characterWidth(character);
	return width;
}

/** Cuts text to at most `width` columns; what is cut off becomes "…". */
export function truncate(text: string, width: number): string {
	if (displayWidth(text) <= width) return text;
	let kept = '';
	let room = width - 1;
	for (const character of text) {
		room -= characterWidth(character);
		if (room < 0) break;
		kept += character;
	}
	return kept + ELLIPSIS;
}

/** Fills text up to `width` columns with spaces, at its end, or before it with 'right'. */
export function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
	const spaces = ' '.repeat(Math.max(0, width - displayWidth(text)));
	return align === 'left' ? text + spaces : spaces + text;
}

function isAscii(text: string): boolean {
	for (let index = 0; index < text.length; index++) {
		if (text.charCodeAt(index) > 0x7f) return false;
	}
	return true;
}

function characterWidth(character: string): number {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x300) return 1;
	if (ZERO_WIDTH.test(character)) return 0;
	return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
