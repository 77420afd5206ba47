import { createHash } from 'node:crypto';
import type { Process } from '../../typescript/index.js';
import { escapeBytes } from '../escape.js';
import type { Track } from './packets.js';

/** Tracks that are remembered. One that was forgotten is described again when it comes back, with the same uuid. */
const MAX_KNOWN = 65_536;

/** Gives events their tracks, and says which of them have to be described first. */
export interface Tracks {
	/** The track of a thread, or the one of events without a process. */
	instant(process: Process | undefined): Placement;
	/** A track below it, named after the probe, on which no slice overlaps this one: those may nest but not cross. */
	slice(process: Process | undefined, probe: string, begin: bigint, end: bigint): Placement;
}

/** Where an event is shown. */
export interface Placement {
	readonly uuid: bigint;
	/** Tracks that were not described yet, parents first. */
	readonly news: readonly Track[];
}

/** What is known of a track. */
interface Known {
	readonly uuid: bigint;
	/** Of the last slice, ns; only for tracks of slices. */
	end: bigint;
}

/** Makes tracks. Memory does not grow with the number of threads. */
export function createTracks(maxKnown = MAX_KNOWN): Tracks {
	/** Those used last are last. */
	const known = new Map<string, Known>();

	function find(key: string, describe: (uuid: bigint) => Track, news: Track[]): Known {
		const found = known.get(key) ?? { uuid: uuidOf(key), end: 0n };
		if (!known.delete(key)) news.push(describe(found.uuid));
		known.set(key, found);
		for (const oldest of known.keys()) {
			if (known.size <= maxKnown) break;
			known.delete(oldest);
		}
		return found;
	}

	function thread(process: Process | undefined, news: Track[]): Known & { readonly key: string } {
		if (process === undefined) {
			const key = 'none';
			return { key, ...find(key, (uuid) => ({ uuid, name: 'no process' }), news) };
		}
		const { tgid: pid, tid, startBoottimeNs, commRaw, comm } = process;
		const name = commRaw === undefined ? comm : escapeBytes(commRaw);
		// For the display, the thread that is seen first names its process.
		const parent = find(`p ${pid} ${startBoottimeNs}`, (uuid) => ({ uuid, process: { pid, name } }), news);
		const key = `t ${pid} ${tid} ${startBoottimeNs}`;
		const describe = (uuid: bigint) => ({ uuid, parentUuid: parent.uuid, thread: { pid, tid, name } });
		return { key, ...find(key, describe, news) };
	}

	return {
		instant(process) {
			const news: Track[] = [];
			return { uuid: thread(process, news).uuid, news };
		},
		slice(process, probe, begin, end) {
			const news: Track[] = [];
			const parent = thread(process, news);
			for (let lane = 0; ; lane++) {
				const key = `${parent.key} ${lane} ${probe}`;
				const before = known.get(key);
				if (before !== undefined && before.end > begin) continue;
				const describe = (uuid: bigint) => ({ uuid, parentUuid: parent.uuid, name: probe });
				const track = find(key, describe, news);
				track.end = end;
				return { uuid: track.uuid, news };
			}
		},
	};
}

/** 64 bits that the same key always gives, not 0, which names the whole trace. */
function uuidOf(key: string): bigint {
	return createHash('sha256').update(key).digest().readBigUInt64LE() || 1n;
}
