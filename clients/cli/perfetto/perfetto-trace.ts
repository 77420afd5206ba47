import { fromBinary } from '@bufbuild/protobuf';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { type Event, type Process, StreamEventsResponseSchema } from '../../typescript/index.js';
import { hasValue } from '../describe-message.js';
import type { Output } from '../output.js';
import type { TraceOutput } from '../trace-output.js';
import { annotationsOf, payloadOf } from './annotations.js';
import { type Annotation, clockPacket, EVENT_TYPE, eventPacket, trackPacket } from './packets.js';
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
			const packets = events.flatMap((event) =>
				packetsOf(shownOf(event, probes[event.probeIndex] ?? ''), tracks),
			);
			if (packets.length > 0) await output.write(Buffer.concat(packets));
		},
		async end() {},
	};
}

/** What is shown of an event. */
export interface Shown {
	/** When it happened, or was over, ns since the Unix epoch. */
	readonly unixNano: bigint;
	readonly name: string;
	/** How long it took, ns; undefined: it has no length. */
	readonly duration: bigint | undefined;
	readonly process: Process | undefined;
	readonly annotations: readonly Annotation[];
}

function shownOf(event: Event, name: string): Shown {
	const payload = payloadOf(event);
	return {
		...{ unixNano: event.timeUnixNano, name, process: event.process },
		duration: payload && durationOf(payload),
		annotations: annotationsOf(event, payload),
	};
}

/** The packets of one event, with the tracks that they are the first on. */
export function packetsOf(
	{ unixNano, name, duration, process, annotations }: Shown,
	tracks: Tracks,
): Uint8Array[] {
	if (duration === undefined) {
		const { uuid: trackUuid, news } = tracks.instant(process);
		const point = { type: EVENT_TYPE.instant, trackUuid, name, annotations };
		return [...news.map(trackPacket), eventPacket(unixNano, point)];
	}
	// Longer than the time itself cannot be.
	const begin = duration > unixNano ? 0n : unixNano - duration;
	const { uuid: trackUuid, news } = tracks.slice(process, name, begin, unixNano);
	return [
		...news.map(trackPacket),
		eventPacket(begin, { type: EVENT_TYPE.sliceBegin, trackUuid, name, annotations }),
		eventPacket(unixNano, { type: EVENT_TYPE.sliceEnd, trackUuid }),
	];
}

/** How long the event took, ns; undefined when its payload does not say. */
export function durationOf(payload: ReflectMessage): bigint | undefined {
	const field = payload.fields.find(({ name }) => DURATION_FIELDS.includes(name));
	// Absent, where a field can be: it is not known.
	if (field === undefined || !hasValue(payload, field)) return undefined;
	const value: unknown = payload.get(field);
	if (typeof value === 'bigint') return value;
	return typeof value === 'number' ? BigInt(Math.trunc(value)) : undefined;
}
