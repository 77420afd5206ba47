// What could break a line or be taken for another character. The backslash too, so that no two names are escaped into the
// same text.
const UNSAFE = /[\p{C}\p{Zl}\p{Zp},\\]/gu;

/** Part of a principal's name, with what is unsafe in lists and log lines as "\u{2c}"; different texts stay different. */
export function escapeName(text: string): string {
	return text.replace(UNSAFE, escapeCharacter);
}

/** For example "\u{2c}". */
export function escapeCharacter(character: string): string {
	return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
