import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePattern } from './pattern.js';

for (const [pattern, name, matches] of [
	['file.open', 'file.open', true],
	['file.open', 'file_open', false],
	['file.*', 'file.open', true],
	['*', 'file.open', true],
	['TraceService/*', 'TraceService/GetTrace', true],
	['*', 'TraceService/GetTrace', false],
	['**', 'TraceService/GetTrace', true],
	['spiffe://a/*/admin', 'spiffe://a/b/admin', true],
	['spiffe://a/*/admin', 'spiffe://a/b/c/admin', false],
	['spiffe://a/**/admin', 'spiffe://a/b/c/admin', true],
	['x509:CN=a', 'x509:CN=ab', false],
	['x509:CN=a|b(c)+', 'x509:CN=a', false],
	['x509:CN=a|b(c)+', 'x509:CN=a|b(c)+', true],
	['a*', 'a\nb', true],
] as const) {
	test(`${JSON.stringify(pattern)} ${matches ? 'is' : 'is not'} ${JSON.stringify(name)}`, () => {
		assert.equal(parsePattern(pattern)(name), matches);
	});
}
