import { fromBinary, toJson } from '@bufbuild/protobuf';
import { type Event, EventSchema, StreamEventsResponseSchema } from '../typescript/index.js';
import type { Output } from './output.js';
import type { TraceOutput } from './trace-output.js';

/** Shows events as lines of JSON. */
export function createEventJson(output: Output): TraceOutput {
	return {
		decode: (message) => fromBinary(StreamEventsResponseSchema, message),
		async begin() {},
		async show({ events }) {
			if (events.length > 0) await output.write(events.map((event) => `${eventJson(event)}\n`).join(''));
		},
		async end() {},
	};
}

/**
 * One event in protobuf's canonical JSON, on one line: 64-bit numbers are strings; zeros are there, because a uid or a
 * result of 0 is a fact.
 */
export function eventJson(event: Event): string {
	return JSON.stringify(toJson(EventSchema, event, { alwaysEmitImplicit: true }));
}
