import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEncoderResult } from './encoder-row.js';

test('parseEncoderResult refuses what is no rate', () => {
	assert.throws(() => parseEncoderResult('ready\n'), { name: 'SyntaxError' });
	assert.throws(() => parseEncoderResult('{"encoder":{"eventsPerSecond":0,"bytesPerEvent":91}}'), {
		name: 'ZodError',
	});
});

test('parseEncoderResult keeps what else was measured', () => {
	const result = { encoder: { eventsPerSecond: 6e6, bytesPerEvent: 91 }, batch: { batchesPerSecond: 5 } };
	assert.deepEqual(parseEncoderResult(`${JSON.stringify(result)}\n`), result);
});
