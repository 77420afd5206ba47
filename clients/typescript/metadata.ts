import type { Event } from './gen/sonde/v1/event_pb.js';
import type { CgroupRecord, MetadataRecord, UserRecord } from './gen/sonde/v1/record_pb.js';
import type { StreamEventsResponse } from './gen/sonde/v1/trace_service_pb.js';

/** Who an event is about, as far as the stream has said it by now. */
export interface EventMetadata {
	readonly process: MetadataRecord | undefined;
	readonly cgroup: CgroupRecord | undefined;
	readonly user: UserRecord | undefined;
}

/** What one stream of a trace with metadata has said of the processes, cgroups and users in its events. */
export interface MetadataIndex {
	/** Takes the records of a message in; to be called for each message, before its events are looked up. */
	add(message: Pick<StreamEventsResponse, 'records'>): void;
	of(event: Event): EventMetadata;
}

/** Of each kind: some MB. What has not been looked up for longest is forgotten. */
const MOST_ENTRIES = 65_536;

/** Makes an empty index. */
export function createMetadataIndex(): MetadataIndex {
	const processes = new Map<string, MetadataRecord>();
	const cgroups = new Map<bigint, CgroupRecord>();
	const users = new Map<number, UserRecord>();
	return {
		add({ records }) {
			for (const { kind } of records) {
				if (kind.case === 'metadata') put(processes, processKey(kind.value), kind.value);
				else if (kind.case === 'cgroup') put(cgroups, kind.value.cgroupId, kind.value);
				else if (kind.case === 'user') put(users, kind.value.uid, kind.value);
			}
		},
		of: ({ process }) => ({
			process: process && use(processes, processKey(process)),
			cgroup: process && use(cgroups, process.cgroupId),
			user: process && use(users, process.uid),
		}),
	};
}

function processKey({ tgid, startBoottimeNs }: Pick<MetadataRecord, 'tgid' | 'startBoottimeNs'>): string {
	return `${tgid}@${startBoottimeNs}`;
}

/** A Map is in order of insertion: what is used goes to its end. */
function put<K, V>(map: Map<K, V>, key: K, value: V): void {
	map.delete(key);
	map.set(key, value);
	const [oldest] = map.keys();
	if (map.size > MOST_ENTRIES && oldest !== undefined) map.delete(oldest);
}

function use<K, V>(map: Map<K, V>, key: K): V | undefined {
	const value = map.get(key);
	if (value !== undefined) put(map, key, value);
	return value;
}
