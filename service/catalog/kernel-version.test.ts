import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKernelAtLeast } from './kernel-version.js';

test('isKernelAtLeast compares numbers, not text', () => {
	assert.equal(isKernelAtLeast('6.18.44-fc', 6, 7), true);
	assert.equal(isKernelAtLeast('6.7.0', 6, 7), true);
	assert.equal(isKernelAtLeast('6.1.0-50-amd64', 6, 7), false);
	assert.equal(isKernelAtLeast('5.10.0-39-amd64', 5, 10), true);
	assert.equal(isKernelAtLeast('5.4.0', 5, 10), false);
	assert.equal(isKernelAtLeast('7.0', 6, 7), true);
	assert.equal(isKernelAtLeast('unknown', 5, 10), false);
});
