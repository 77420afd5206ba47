// The examples of docs/filters.md, run in the kernel.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCatalog } from '../../service/catalog/entry.js';
import { compileFilter, createFilterLanguage } from '../../service/filter/compile.js';
import type { FilterField } from '../../service/filter/field.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { runParts } from './run-parts.js';
import { EVENT_BYTES, NO_HOST, writeField } from './shim.js';

const fileOpen = readCatalog().find(({ id }) => id === 'file.open');
assert.ok(fileOpen !== undefined);
const { filter: schema } = fileOpen;

/** The event that the document tells of. */
const EVENT: Readonly<Record<string, bigint | Buffer>> = {
	'process.uid': 1_000n,
	'process.comm': Buffer.from('cat'),
	cpu: 3n,
	syscall: 2n,
	dirfd: -100n,
	path: Buffer.from('/etc/été.conf'),
	flags: 2n,
	ret: -13n,
};

const event = Buffer.alloc(EVENT_BYTES);
for (const field of schema.fields) writeField(event, field, EVENT[field.name] ?? zeroOf(field));

function zeroOf({ type }: FilterField): bigint | Buffer {
	return type === 'string' ? Buffer.alloc(0) : 0n;
}

const RESULTS = { true: 1, false: 0, fails: -1 } as const;
const document = readFileSync(join(PACKAGE_ROOT, 'docs/filters.md'), 'utf8');
const examples = [...document.matchAll(/^```cel\n([\s\S]*?)^```$/gm)]
	.flatMap(([, block = '']) => block.trimEnd().split('\n'))
	.map((line) => /^(.*\S)\s+\/\/ (true|false|fails)$/.exec(line));

test('the document has examples, each with its result', () => {
	assert.ok(examples.length > 30);
	assert.ok(!examples.includes(null));
});

test('the document says of every probe whose its events are', () => {
	const section = /^## Whose event it is\n([\s\S]*?)^## /m.exec(document)?.[1] ?? '';
	const named = new Set([...section.matchAll(/`([a-z_]+(?:\.[a-z_]+)?)`/g)].map(([, name]) => name));
	assert.deepEqual(
		readCatalog().flatMap(({ id }) => (named.has(id) ? [] : id)),
		[],
	);
});

const language = createFilterLanguage(schema, NO_HOST);
for (const example of examples) {
	const [, expression = '', result = ''] = example ?? [];
	test(`${expression} is ${result}`, () => {
		assert.ok(result === 'true' || result === 'false' || result === 'fails');
		assert.deepEqual(runParts(compileFilter([language.parse(expression)]), event), [RESULTS[result]]);
	});
}
