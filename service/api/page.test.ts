import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takePage } from './page.js';

const items = (count: number, bytes = 1) =>
	Array.from({ length: count }, (_, i) => ({ item: i, key: String(i).padStart(4, '0'), bytes }));

test('takePage refuses a size that is too large and a token that it did not give', () => {
	assert.throws(() => takePage(items(1), { pageSize: 1_001, pageToken: '' }), {
		reason: 'INVALID_FIELD',
		message: 'page_size is 1,001, must be 0 to 1,000',
	});
	assert.throws(() => takePage(items(1), { pageSize: 1, pageToken: 'x' }), {
		reason: 'INVALID_PAGE_TOKEN',
		message: 'page_token is not one that a node gave',
	});
});

test('pages follow each other without a gap, and the last has no token', () => {
	const seen: number[] = [];
	let pageToken = '';
	do {
		const page = takePage(items(250), { pageSize: 0, pageToken });
		assert.ok(page.items.length <= 100);
		seen.push(...page.items);
		pageToken = page.nextPageToken;
	} while (pageToken !== '');
	assert.deepEqual(
		seen,
		items(250).map(({ item }) => item),
	);
});

test('a page ends before it is too large for a message, but has one item at least', () => {
	const page = takePage(items(3, 3_000_000), { pageSize: 3, pageToken: '' });
	assert.deepEqual(page.items, [0]);
	assert.notEqual(page.nextPageToken, '');
});
