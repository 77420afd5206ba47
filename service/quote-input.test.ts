import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutText, quoteInput } from './quote-input.js';

test('quoteInput echoes at most 128 bytes', () => {
	assert.equal(quoteInput('a'.repeat(129)), `"${'a'.repeat(128)}"…`);
	assert.equal(quoteInput('a'.repeat(128)), `"${'a'.repeat(128)}"`);
	assert.equal(quoteInput('é'.repeat(65)), `"${'é'.repeat(64)}"…`);
});

test('quoteInput escapes what could break or fake a line', () => {
	assert.equal(quoteInput('a\n"b"\\\u0000\u202e\ud800'), '"a\\n\\"b\\"\\\\\\u{0}\\u{202e}\\u{d800}"');
});

test('quoteInput leaves ordinary text as it is', () => {
	assert.equal(quoteInput('/etc/passwd é 漢'), '"/etc/passwd é 漢"');
	assert.equal(quoteInput(''), '""');
});

test('cutText cuts between characters', () => {
	assert.equal(cutText('漢漢漢', 8), '漢…');
	assert.equal(cutText('漢漢漢', 9), '漢漢漢');
	assert.equal(cutText('abc', 2), '…');
	assert.equal(cutText('a\ud800', 10), 'a\ufffd');
});
