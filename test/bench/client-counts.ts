/** What `sonde trace -o count` prints when it ends. */
export interface ClientCounts {
	/** Times the hook was hit. */
	readonly fired: number;
	readonly matched: number;
	/** Events sent to this client. */
	readonly sent: number;
	readonly lost: number;
	/** Events that the client counted itself. */
	readonly counted: number;
}

/**
 * Reads the accounting, the last line of stderr with `fired=… matched=… sent=… lost=…` or a JSON object with these
 * keys, and the total, the first number in the last line of stdout.
 */
export function parseClientCounts(stdout: string, stderr: string): ClientCounts {
	const line = stderr.split('\n').findLast((text) => find(text, 'fired') !== undefined);
	if (line === undefined) {
		throw new Error(`sonde trace printed no accounting with "fired=": ${stderr.trim() || 'nothing at all'}`);
	}
	return {
		fired: get(line, 'fired'),
		matched: get(line, 'matched'),
		sent: get(line, 'sent'),
		lost: get(line, 'lost'),
		counted: parseTotal(stdout),
	};
}

function parseTotal(stdout: string): number {
	const line = stdout.trimEnd().split('\n').at(-1) ?? '';
	const digits = /\d+/.exec(line)?.[0];
	if (digits === undefined) throw new Error(`sonde trace printed no total: "${line}"`);
	return Number(digits);
}

function get(line: string, name: string): number {
	const digits = find(line, name);
	if (digits === undefined) throw new Error(`sonde trace printed no "${name}": ${line}`);
	return Number(digits);
}

/** The digits in `name=1`, `"name":1` or `"name":"1"`. */
function find(line: string, name: string): string | undefined {
	return new RegExp(`\\b${name}"?\\s*[=:]\\s*"?(\\d+)`).exec(line)?.[1];
}
