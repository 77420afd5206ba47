import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeBytes, escapeControls, escapeText } from './escape.js';

test('nothing that moves the cursor, colours or turns the text reaches a terminal', () => {
	assert.equal(escapeText('a\x1b[31mb\r\n\tc\x00\x7f\u0085'), 'a\\x1b[31mb\\r\\n\\tc\\x00\\x7f\\u0085');
	assert.equal(escapeText('\u202etxt.exe\u2066\u200b\u2028'), '\\u202etxt.exe\\u2066\\u200b\\u2028');
	assert.equal(escapeText('\ud800'), '\\ud800');
	assert.equal(escapeText('grün ✓ 𝒳'), 'grün ✓ 𝒳');
});

test('a name cannot look like an escaped one', () => {
	assert.equal(escapeText('\\x1b'), '\\\\x1b');
	assert.equal(escapeControls('a\\b\x07'), 'a\\b\\x07');
});

test('bytes that are not UTF-8 are shown one by one', () => {
	assert.equal(escapeBytes(Buffer.from('a\xff\xc3(é', 'latin1')), 'a\\xff\\xc3(\\xe9');
	assert.equal(escapeBytes(Buffer.from('é✓𝒳\n')), 'é✓𝒳\\n');
	assert.equal(escapeBytes(Buffer.from([0xf0, 0x9d, 0x92])), '\\xf0\\x9d\\x92');
});
