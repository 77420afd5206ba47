import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConsumer } from './limit-row.js';

test('parseConsumer reads the line after "ready"', () => {
	const consumer = { events: 3, bytes: 348, ringFull: 0, cpuNs: 1000, libbpf: 'v1.1' };
	assert.deepEqual(parseConsumer(`ready\n${JSON.stringify(consumer)}\n`), consumer);
	assert.throws(() => parseConsumer('ready\n'), { name: 'SyntaxError' });
	assert.throws(() => parseConsumer('ready\n{"events":3}\n'), { name: 'ZodError' });
});
