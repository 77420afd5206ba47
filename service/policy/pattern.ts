/** A name, or many of them. */
export type Pattern = (name: string) => boolean;

/**
 * Reads a pattern: `*` stands for any characters but "/", `**` for any characters. All else stands for itself.
 *
 * Names have no other wildcards, so that no character of a name has to be escaped. What it takes grows with the product of
 * both lengths; a regular expression could be made to go on for hours by who chooses the name.
 */
export function parsePattern(text: string): Pattern {
	const parts = text.split(/(\*\*|\*)/).filter((part) => part !== '');
	return (name) => {
		// Where in the name what follows can begin.
		let starts = new Set([0]);
		for (const part of parts) starts = behind(part, name, starts);
		return starts.has(name.length);
	};
}

function behind(part: string, name: string, starts: ReadonlySet<number>): Set<number> {
	if (part === '**') return range(Math.min(...starts), name.length);
	const ends = new Set<number>();
	for (const start of starts) {
		if (part !== '*') {
			if (name.startsWith(part, start)) ends.add(start + part.length);
			continue;
		}
		// Up to where one has been that began before.
		for (let at = start; at <= name.length && !(ends.has(at) && at !== start); at++) {
			ends.add(at);
			if (name[at] === '/') break;
		}
	}
	return ends;
}

/** None from Infinity on. */
function range(first: number, last: number): Set<number> {
	const numbers = new Set<number>();
	for (let number = first; number <= last; number++) numbers.add(number);
	return numbers;
}
