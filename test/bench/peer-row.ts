import { measureFileReader } from './file-row.js';
import type { Peer } from './peers.js';
import type { Processes } from './processes.js';
import type { Row } from './row.js';

/** A tool that prints opens into a file, with the buffering that it has by itself. */
export function createPeerRow(processes: Processes, scratch: string, peer: Peer, signal: AbortSignal): Row {
	const reader = { scratch, start: (output: number) => peer.start(false, output), servers: [] };
	return {
		name: peer.name,
		isOptional: true,
		measure: async (seconds) => {
			const { load, file, uses, stderr } = await measureFileReader(processes, reader, seconds, signal);
			const [server] = uses;
			return {
				load,
				events: file.lines,
				bytes: file.bytes,
				lost: load.calls - file.hits,
				server,
				client: undefined,
				details: { file, stderr },
			};
		},
	};
}
