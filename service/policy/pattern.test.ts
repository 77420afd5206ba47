import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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

test('parsePattern takes what a regular expression takes', () => {
	const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '.'), maxLength: 12 });
	fc.assert(
		fc.property(text, text, (pattern, name) => {
			const source = pattern
				.replaceAll('.', '\\.')
				.replaceAll('**', '#')
				.replaceAll('*', '[^/]*')
				.replaceAll('#', '.*');
			assert.equal(parsePattern(pattern)(name), new RegExp(`^${source}$`).test(name));
		}),
		{ numRuns: 5_000 },
	);
});

test('parsePattern does not try the same again and again', () => {
	// With a regular expression, longer than anybody lives.
	const name = 'x509:CN='.concat('-'.repeat(2_000));
	assert.equal(parsePattern(`x509:CN=${'*-'.repeat(20)}a`)(name), false);
	assert.equal(parsePattern(`x509:CN=${'**-'.repeat(20)}`)(name), true);
});
