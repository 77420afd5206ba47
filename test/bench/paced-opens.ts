/** What paced.c opens: this and the time of the call, ns since the Unix epoch in 19 digits. */
export const PACED_PREFIX = '/nonexistent/sonde-paced-';
const PACED_PATH = /\/nonexistent\/sonde-paced-(\d{19})/g;
const NS_PER_MS = 1_000_000;
/** Longer than a name and its time. */
const TAIL_CHARACTERS = 64;

/** The time of now in ms since the Unix epoch, with fractions: Date.now() knows whole ones only. */
export function unixMsNow(): number {
	return performance.timeOrigin + performance.now();
}

/** The time in a path, ms since the Unix epoch; undefined for a path that is not of the trickle. */
export function pacedMs(path: string): number | undefined {
	if (!path.startsWith(PACED_PREFIX)) return undefined;
	return Number(path.slice(PACED_PREFIX.length)) / NS_PER_MS;
}

/** Finds the opens of a trickle in text that comes in pieces. */
export function createPacedFinder(): (chunk: string) => number[] {
	let rest = '';
	return (chunk) => {
		const text = rest + chunk;
		let end = 0;
		const found: number[] = [];
		for (const match of text.matchAll(PACED_PATH)) {
			found.push(Number(match[1]) / NS_PER_MS);
			end = match.index + match[0].length;
		}
		rest = text.slice(Math.max(end, text.length - TAIL_CHARACTERS));
		return found;
	};
}
