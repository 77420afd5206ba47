import type { Peer } from './peer.js';

/** One of libbpf-tools; all of them print a header, which names `column`, when they are attached. */
export function libbpfTool(column: string, ...command: readonly string[]): Peer {
	return {
		name: command[0] ?? '',
		command: () => command,
		attached: new RegExp(`^.*\\b${column}\\b.*\\n`, 'm'),
		lost: (output) =>
			[...output.matchAll(/lost (\d+) events/gi)].reduce((sum, [, count]) => sum + Number(count), 0),
	};
}
