import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecordLog } from './record-log.js';

const record = (generation: bigint) => ({
	kind: { $case: 'updated' as const, value: { generation } },
});

test('records come in order from any number on, and are found by sequence', () => {
	const log = createRecordLog();
	log.push(1n, record(1n));
	log.push(10n, record(2n));
	log.push(10n, record(3n));
	assert.deepEqual(
		log.from(1).map(({ number, sequence }) => [number, sequence]),
		[
			[1, 10n],
			[2, 10n],
		],
	);
	assert.deepEqual(log.from(3), []);
	assert.equal(log.numberAt(2n), 1);
	assert.equal(log.numberAt(10n), 1);
	assert.equal(log.numberAt(11n), 3);
});

test('the oldest go when there are many, and numbers go on', () => {
	const log = createRecordLog();
	for (let i = 0; i < 5_000; i++) log.push(BigInt(i), record(0n));
	const kept = log.from(0);
	assert.ok(kept.length >= 512 && kept.length <= 1_024);
	assert.equal(kept.at(-1)?.number, 4_999);
});
