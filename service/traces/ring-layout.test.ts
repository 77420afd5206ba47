import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ringLayout } from './ring-layout.js';

const MIB = 1024 * 1024;

test('few CPUs share one ring', () => {
	assert.deepEqual(ringLayout(8 * MIB, 1), { ringCount: 1, ringBytes: 8 * MIB });
	assert.deepEqual(ringLayout(8 * MIB, 7), { ringCount: 1, ringBytes: 8 * MIB });
});

test('many CPUs split the bytes into a power of two of rings', () => {
	assert.deepEqual(ringLayout(8 * MIB, 8), { ringCount: 2, ringBytes: 4 * MIB });
	assert.deepEqual(ringLayout(8 * MIB, 48), { ringCount: 8, ringBytes: MIB });
	assert.deepEqual(ringLayout(8 * MIB, 512), { ringCount: 16, ringBytes: MIB / 2 });
});

test('no ring is smaller than the largest events need', () => {
	assert.deepEqual(ringLayout(65_536, 512), { ringCount: 1, ringBytes: 65_536 });
});
