import type { Peer } from './peer.js';

/** Between the fields of an event; no workload has it in a text. */
const SEPARATOR = '\x1f';
/** Its default would cut paths. A NUL takes one of them, and a path has up to 4,095 bytes. */
const MOST_TEXT_BYTES = 4_200;

/** bpftrace with a script in which each event is one line of `print`. */
export function bpftrace(script: string): Peer {
	return {
		name: 'bpftrace',
		// Lines of JSON: texts can have newlines.
		command: () => [
			...['env', `BPFTRACE_MAX_STRLEN=${MOST_TEXT_BYTES}`],
			...['bpftrace', '-f', 'json', '-B', 'line', '-e', script],
		],
		attached: /"type": "attached_probes"/,
		lost: (output) =>
			[...output.matchAll(/"type": "lost_events", "data": \{"events": (\d+)\}/g)]
				.concat([...output.matchAll(/Lost (\d+) events/gi)])
				.reduce((sum, [, count]) => sum + Number(count), 0),
	};
}

/** A line of a script that prints one event; the directives of printf in the order of the values. */
export function print(directives: readonly string[], ...values: readonly string[]): string {
	return `printf("${directives.join('\\x1f')}", ${values.join(', ')});`;
}

/** The fields of each event that was printed; bytes that are not UTF-8 are replaced by U+FFFD, as with us. */
export function parseEvents(output: string): string[][] {
	return output.split('\n').flatMap((line) => {
		if (!line.startsWith('{"type": "printf"')) return [];
		// Bytes from 128 on are a signed number to it: 0xc3 becomes "\uffffffc3".
		const { data }: { data: string } = JSON.parse(line.replaceAll('\\uffffff', '\\u00'));
		return [Buffer.from(data, 'latin1').toString().split(SEPARATOR)];
	});
}

/** What "%rx" prints. */
export function parseBytes(escaped: string): Buffer {
	return Buffer.from(escaped.replaceAll('\\x', ''), 'hex');
}
