import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paginate } from './paginate.js';

test('paginate yields all items and asks for a page only when it is needed', async () => {
	const asked: string[] = [];
	const pages = paginate('first', async (token) => {
		asked.push(token);
		return token === 'first' ? { items: [1, 2], nextPageToken: 'second' } : { items: [3], nextPageToken: '' };
	});
	assert.equal((await pages.next()).value, 1);
	assert.equal((await pages.next()).value, 2);
	assert.deepEqual(asked, ['first']);
	assert.equal((await pages.next()).value, 3);
	assert.equal((await pages.next()).done, true);
	assert.deepEqual(asked, ['first', 'second']);
});
