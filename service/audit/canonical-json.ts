/** A value as JSON, whole or its beginning. */
export interface CanonicalJson {
	readonly text: string;
	/** There is more of it. */
	readonly isCut: boolean;
}

/** Deeper than any message; JSON of callers can be as deep as it is long. */
const MAX_DEPTH = 32;

// No message has them today. What is called so shall not be in a file, whoever adds it.
const SECRET = /^(authorization|password|private_?key|secret|(access|bearer)_?token)$/i;

/**
 * A message as JSON in one way only: keys in order and in snake_case as in the contract, 64-bit numbers as text, bytes in base64,
 * nothing for what is not set or empty.
 *
 * @param maxBytes Of UTF-8; of what is longer, no more is looked at.
 */
export function canonicalJson(value: unknown, maxBytes: number): CanonicalJson {
	const pieces: string[] = [];
	let left = maxBytes;

	/** Whether there is room for more. */
	function add(piece: string): boolean {
		const bytes = Buffer.byteLength(piece);
		if (bytes > left) {
			pieces.push(cut(piece, left));
			left = -1;
			return false;
		}
		pieces.push(piece);
		left -= bytes;
		return true;
	}

	function addText(text: string): boolean {
		// A text of megabytes is not escaped as a whole for its beginning; one unit is at least one byte.
		return add(JSON.stringify(text.length > left ? text.slice(0, left + 1) : text));
	}

	function addValue(each: unknown, depth: number): boolean {
		if (typeof each === 'string') return addText(each);
		if (typeof each === 'bigint') return addText(String(each));
		if (typeof each === 'boolean' || each === null) return add(String(each));
		if (typeof each === 'number') return Number.isFinite(each) ? add(String(each)) : addText(String(each));
		if (each instanceof Uint8Array) {
			return addText(Buffer.from(each.subarray(0, maxBytes)).toString('base64'));
		}
		if (typeof each !== 'object') return add('null');
		if (depth >= MAX_DEPTH) return addText('…');
		return Array.isArray(each) ? addList(each, depth + 1) : addObject(each, depth + 1);
	}

	function addList(list: readonly unknown[], depth: number): boolean {
		for (const [index, each] of list.entries()) {
			if (!add(index === 0 ? '[' : ',') || !addValue(each, depth)) return false;
		}
		return add(list.length === 0 ? '[]' : ']');
	}

	function addObject(object: object, depth: number): boolean {
		const entries = Object.entries(object)
			.filter(([, each]) => isSet(each))
			.map(([name, each]) => [snakeCase(name), each] as const)
			.sort(([a], [b]) => (a < b ? -1 : 1));
		for (const [index, [name, each]] of entries.entries()) {
			const shown = SECRET.test(name) ? '[redacted]' : each;
			if (!add(index === 0 ? '{' : ',') || !addText(name) || !add(':') || !addValue(shown, depth))
				return false;
		}
		return add(entries.length === 0 ? '{}' : '}');
	}

	addValue(value, 0);
	return { text: pieces.join(''), isCut: left < 0 };
}

function isSet(value: unknown): boolean {
	if (typeof value === 'function' || value === undefined || value === '') return false;
	return !((Array.isArray(value) || value instanceof Uint8Array) && value.length === 0);
}

function snakeCase(name: string): string {
	return name.replace(/(?<=[a-z\d])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** The beginning, without half a character. */
function cut(text: string, maxBytes: number): string {
	const bytes = Buffer.from(text);
	let end = Math.max(0, maxBytes);
	while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
	return bytes.toString('utf8', 0, end);
}
