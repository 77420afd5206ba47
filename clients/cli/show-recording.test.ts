import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openRecording, RecordingError } from '../typescript/index.js';
import { testDirectory, testMessages, writeTestRecording } from '../typescript/recording/test-recording.js';
import { createEventJson } from './event-json.js';
import type { Output } from './output.js';
import { showRecording } from './show-recording.js';

test('showRecording says where events cannot be decoded, and shows those before', async (t) => {
	const path = join(testDirectory(t), 'x.sonde');
	// The events field with a byte that begins no field.
	const damaged = Buffer.concat([...testMessages(1), Buffer.from('420100', 'hex')]);
	await writeTestRecording(path, [...testMessages(2), damaged]);
	const recording = await openRecording(path);
	const lines: string[] = [];
	const closed = new AbortController().signal;
	const output: Output = {
		write: async (text) => {
			lines.push(...String(text).trim().split('\n'));
		},
		closed,
		columns: undefined,
	};
	const shown = showRecording(recording, {
		output: createEventJson(output),
		stderr: output,
		outputClosed: closed,
	});
	await assert.rejects(shown, (error) => {
		assert.ok(error instanceof RecordingError);
		assert.equal(error.break?.messages, 1);
		assert.match(error.message, /after 1 message with 2 events: events cannot be decoded: illegal tag/);
		return true;
	});
	assert.equal(lines.length, 2);
	await recording.close();
});
