import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shouldPause } from './pause.js';

test('it pauses at half of the retention and goes on at an eighth', () => {
	assert.equal(shouldPause(false, 500, 1_000), false);
	assert.equal(shouldPause(false, 501, 1_000), true);
	assert.equal(shouldPause(true, 126, 1_000), true);
	assert.equal(shouldPause(true, 125, 1_000), false);
});
