/** Bytes of a caller's text that a message repeats at most: details have to stay small and logs readable. */
const MAX_ECHOED_BYTES = 128;

// Control and format characters, lone surrogates and separators: they could break a log line or reverse text.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}"\\]/u;
const SHORT_ESCAPES = new Map([
	['\n', '\\n'],
	['\r', '\\r'],
	['\t', '\\t'],
	['"', '\\"'],
	['\\', '\\\\'],
]);

/** Quotes a caller's text for a message: at most 128 bytes of it, escaped, and "…" behind the quotes if cut. */
export function quoteInput(text: string): string {
	let echoed = '';
	let bytes = 0;
	for (const character of text) {
		const written = UNPRINTABLE.test(character) ? escapeCharacter(character) : character;
		bytes += Buffer.byteLength(written);
		if (bytes > MAX_ECHOED_BYTES) return `"${echoed}"…`;
		echoed += written;
	}
	return `"${echoed}"`;
}

/** The same text on one line, with nothing in it that a terminal or a log would take for more than text. */
export function escapeUnprintable(text: string): string {
	return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, escapeCharacter);
}

/** Cuts text to at most this many bytes of UTF-8, between characters, with "…" for what is gone. */
export function cutText(text: string, maxBytes: number): string {
	// By way of bytes, so that lone surrogates, which no gRPC status can carry, become U+FFFD.
	const bytes = Buffer.from(text);
	if (bytes.length <= maxBytes) return bytes.toString();
	let end = Math.max(0, maxBytes - Buffer.byteLength('…'));
	// 0b10xxxxxx is the inside of a character.
	while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
	return `${bytes.toString('utf8', 0, end)}…`;
}

function escapeCharacter(character: string): string {
	return SHORT_ESCAPES.get(character) ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
