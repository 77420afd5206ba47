import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Event } from '../gen/sonde/v1/event.js';
import { StreamEventsResponse } from '../gen/sonde/v1/trace_service.js';
import { EVENTS_FIELD } from './events-field.js';

test('EVENTS_FIELD is what the generated code writes', () => {
	const empty = StreamEventsResponse.decode(new Uint8Array());
	const message = StreamEventsResponse.encode({
		...empty,
		events: [Event.decode(new Uint8Array())],
	}).finish();
	assert.deepEqual([...message], [(EVENTS_FIELD << 3) | 2, 0]);
});
