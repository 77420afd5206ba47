import { fromBinary, toJson } from '@bufbuild/protobuf';
import {
	createMetadataIndex,
	createStackIndex,
	type Event,
	type EventMetadata,
	EventSchema,
	type EventStack,
	formatStack,
	StreamEventsResponseSchema,
} from '../typescript/index.js';
import { metadataJson } from './metadata-json.js';
import type { Output } from './output.js';
import type { TraceOutput } from './trace-output.js';

/** Shows events as lines of JSON. */
export function createEventJson(output: Output): TraceOutput {
	const index = createMetadataIndex();
	const stacks = createStackIndex();
	return {
		decode: (message) => fromBinary(StreamEventsResponseSchema, message),
		async begin() {},
		async show(message) {
			const { events } = message;
			index.add(message);
			stacks.add(message);
			if (events.length === 0) return;
			await output.write(
				events.map((event) => `${eventJson(event, index.of(event), stacks.of(event))}\n`).join(''),
			);
		},
		async end() {},
	};
}

/**
 * One event in protobuf's canonical JSON, on one line: 64-bit numbers are strings; zeros are there, because a uid or a
 * result of 0 is a fact. What is known of whom it is about stands beside its fields, as `metadata`, and its stacks as `stacks`.
 */
export function eventJson(
	event: Event,
	metadata: EventMetadata = NO_METADATA,
	stacks: readonly EventStack[] = [],
): string {
	const json = toJson(EventSchema, event, { alwaysEmitImplicit: true });
	const about = metadataJson(metadata);
	if (about === undefined && stacks.length === 0) return JSON.stringify(json);
	const named = Object.fromEntries(stacks.map(({ of, stack }) => [of, formatStack(stack)]));
	return JSON.stringify({
		...Object(json),
		...(about !== undefined && { metadata: about }),
		...(stacks.length > 0 && { stacks: named }),
	});
}

const NO_METADATA: EventMetadata = { process: undefined, cgroup: undefined, user: undefined };
