import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCatalog } from '../catalog/entry.js';
import { createFilterLanguage } from './compile.js';
import type { FilterField } from './field.js';
import type { Host } from './host.js';
import { redactionOf } from './redaction.js';
import { refusing } from './refusal.js';

const HOST: Host = {
	obstacle: () => '',
	cgroup: () => 'there is none',
	hasProcess: () => true,
	namespaceOf: () => 'there is none',
	tracker: () => Buffer.alloc(0),
};
const entries = readCatalog();
const fileOpen = entries.find(({ id }) => id === 'file.open');
assert.ok(fileOpen !== undefined);
const language = createFilterLanguage(fileOpen.filter, HOST);
const { names: PATHS } = redactionOf(fileOpen, ['paths']);
const REDACTED = /is redacted for your role/;

for (const expression of [
	'path == "a"',
	'"a" == path',
	'path != "a"',
	'path < "a"',
	'path in ["a", "b"]',
	'path.startsWith("a")',
	'path.endsWith("a")',
	'path.contains("a")',
	'path.matches("a")',
	'path.size() == 1',
	'size(path) == 1',
	'size(bytes(path)) == 1',
	'bytes(path) == b"a"',
	'string(path) == "a"',
	'has(path)',
	'path_truncated',
	'!path_unreadable',
	'has(full_path_deleted)',
	'full_path == "a"',
	'ret == 0 && (flags == 1 || path == "a")',
	'true || path == "a"',
	'false && path == "a"',
	'path_truncated ? true : false',
	'true ? ret == 0 : path == "a"',
	'[path] == ["a"]',
	'{"a": path}["a"] == "b"',
	'"a" in [path]',
	'[1].exists(x, path == "a")',
	'duration(path) == duration("1s")',
	'process.descends_from(size(path))',
	'process.cgroup_under(path)',
	'dyn(path) == "a"',
	'type(path) == string',
	'path',
	'path == 1',
	'\tpath\n== "a"',
]) {
	test(`${JSON.stringify(expression)} is refused`, () => {
		assert.throws(() => language.parse(expression, PATHS), REDACTED);
	});
}

test('every redacted field of every probe is refused, whatever its type, and every other field is not', () => {
	const uses: Readonly<Record<FilterField['type'], (name: string) => string>> = {
		int: (name) => `${name} == 1`,
		bool: (name) => name,
		string: (name) => `${name} != "a"`,
		duration: (name) => `${name} > duration("1s")`,
		address: (name) => `${name} in cidr("10.0.0.0/8")`,
	};
	let refused = 0;
	for (const entry of entries) {
		const { names } = redactionOf(entry, ['arguments', 'paths', 'content', 'addresses', 'process.comm']);
		const own = createFilterLanguage(entry.filter, HOST);
		for (const { name, type } of entry.filter.fields) {
			if (name.includes('._')) continue;
			const parse = () => own.parse(uses[type](name), names);
			if (names.has(name)) {
				assert.throws(parse, REDACTED, `${entry.id} ${name}`);
				refused++;
			} else assert.doesNotThrow(parse, `${entry.id} ${name}`);
		}
	}
	assert.ok(refused > 80, `${refused}`);
});

test('the caret stands under the name', () => {
	const expression = 'ret < 0 && path.startsWith("/home")';
	assert.throws(() => refusing('filter', expression, () => language.parse(expression, PATHS)), {
		reason: 'INVALID_FILTER',
		message: [
			'filter, line 1, column 12: path is redacted for your role: a filter of yours cannot name it',
			'ret < 0 && path.startsWith("/home")',
			'           ^^^^',
		].join('\n'),
	});
});

test('a filter of the role itself, and names that only look like it, are as before', () => {
	language.parse('path == "a"');
	language.parse('process.comm == "path" && ret == 0', PATHS);
	assert.throws(() => language.parse('process.comm == "a"', new Set(['process.comm'])), REDACTED);
	assert.throws(() => language.parse('has(process.comm)', new Set(['process.comm'])), REDACTED);
});
