import { fromBinary } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { type Event, StreamEventsResponseSchema } from '../../typescript/index.js';
import { hasValue } from '../describe-message.js';
import type { Output } from '../output.js';
import type { TraceOutput } from '../trace-output.js';
import { annotationsOf, payloadOf } from './annotations.js';
import { clockPacket, EVENT_TYPE, eventPacket, trackPacket } from './packets.js';
import { createTracks, type Tracks } from './tracks.js';

/** Fields of payloads that say how long something took, nanoseconds. It was over when the event happened. */
const DURATION_FIELDS: readonly string[] = ['duration_ns', 'latency_ns'];

/** Writes events in Perfetto's trace format: one encoded perfetto.protos.Trace. */
export function createPerfettoTrace(output: Output): TraceOutput {
	const tracks = createTracks();
	let probes: readonly string[] = [];
	return {
		decode: (message) => fromBinary(StreamEventsResponseSchema, message),
		begin(trace) {
			probes = trace.probes.map(({ spec }) => spec?.probe ?? '');
			return output.write(clockPacket(trace.startUnixNano));
		},
		async show({ events }) {
			const packets = events.flatMap((event) => packetsOf(event, probes[event.probeIndex] ?? '', tracks));
			if (packets.length > 0) await output.write(Buffer.concat(packets));
		},
		async end() {},
	};
}

function packetsOf(event: Event, name: string, tracks: Tracks): Uint8Array[] {
	const { timeUnixNano: end, process } = event;
	const payload = payloadOf(event);
	const annotations = annotationsOf(event, payload);
	const duration = durationOf(payload);
	if (duration === undefined) {
		const { uuid: trackUuid, news } = tracks.instant(process);
		const point = { type: EVENT_TYPE.instant, trackUuid, name, annotations };
		return [...news.map(trackPacket), eventPacket(end, point)];
	}
	// A duration longer than the clock's own time cannot be: the slice begins with it.
	const begin = duration > end ? 0n : end - duration;
	const { uuid: trackUuid, news } = tracks.slice(process, name, begin, end);
	return [
		...news.map(trackPacket),
		eventPacket(begin, { type: EVENT_TYPE.sliceBegin, trackUuid, name, annotations }),
		eventPacket(end, { type: EVENT_TYPE.sliceEnd, trackUuid }),
	];
}

function durationOf(payload: ReflectMessage | undefined): bigint | undefined {
	const field = payload?.fields.find(({ name }) => DURATION_FIELDS.includes(name));
	// Absent, where a field can be: what it took is not known.
	if (payload === undefined || field === undefined || !hasValue(payload, field)) return undefined;
	const value: unknown = payload.get(field);
	return typeof value === 'bigint'
		? value
		: typeof value === 'number'
			? BigInt(Math.trunc(value))
			: undefined;
}
