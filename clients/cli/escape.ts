/**
 * What must not reach a terminal as it is: control characters (C0, DEL, C1), format characters, which draw nothing or
 * turn the direction of writing, line separators, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const UNSAFE_OR_BACKSLASH = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]/gu;

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
	['\n', '\\n'],
	['\r', '\\r'],
	['\t', '\\t'],
	['\\', '\\\\'],
]);

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Makes text from elsewhere safe to print. Backslashes are doubled, so that no name can look like an escaped one. */
export function escapeText(text: string): string {
	return text.replace(UNSAFE_OR_BACKSLASH, escapeCharacter);
}

/** The same for our own sentences that quote text from elsewhere: backslashes stay. */
export function escapeControls(text: string): string {
	return text.replace(UNSAFE, escapeCharacter);
}

/** The same for a name given as bytes: those that are not UTF-8 become \xNN. */
export function escapeBytes(bytes: Uint8Array): string {
	let text = '';
	for (let offset = 0; offset < bytes.length; ) {
		const length = sequenceLength(bytes[offset] ?? 0);
		const character = decode(bytes.subarray(offset, offset + length));
		text += character === undefined ? hexEscape(bytes[offset] ?? 0) : escapeText(character);
		offset += character === undefined ? 1 : length;
	}
	return text;
}

function escapeCharacter(character: string): string {
	const short = SHORT_ESCAPES.get(character);
	if (short !== undefined) return short;
	const code = character.codePointAt(0) ?? 0;
	if (code <= 0x7f) return hexEscape(code);
	return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

function hexEscape(byte: number): string {
	return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** Bytes of the UTF-8 sequence that starts with this one, as far as the first byte can tell. */
function sequenceLength(first: number): number {
	if (first >= 0xf0) return 4;
	if (first >= 0xe0) return 3;
	return first >= 0xc0 ? 2 : 1;
}

function decode(sequence: Uint8Array): string | undefined {
	try {
		return UTF8.decode(sequence);
	} catch {
		return undefined;
	}
}
