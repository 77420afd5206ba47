/** A name, or many of them. */
export type Pattern = (name: string) => boolean;

/**
 * Reads a pattern: `*` stands for any characters but "/", `**` for any characters. All else stands for itself.
 *
 * Names have no other wildcards, so that no character of a name has to be escaped.
 */
export function parsePattern(text: string): Pattern {
	const source = text
		.split(/(\*\*|\*)/)
		.map((part) => {
			if (part === '**') return '.*';
			if (part === '*') return '[^/]*';
			return part.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
		})
		.join('');
	const expression = new RegExp(`^${source}$`, 's');
	return (name) => expression.test(name);
}
