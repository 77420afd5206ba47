// Expressions that are wrong, too large, or made to hurt: each gets a clear error or a filter that is right.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileFilter, createFilterLanguage } from '../../service/filter/compile.js';
import { FilterProblem } from '../../service/filter/problem.js';
import { expressionArbitrary } from './expressions.js';
import { runParts } from './run-parts.js';
import { EVENT_BYTES, NO_HOST, SCHEMA } from './shim.js';

const FUZZED = Number(process.env.SONDE_FILTER_FUZZED ?? 10_000);
const SEED = Number(process.env.SONDE_FILTER_SEED ?? Date.now() % 2 ** 31);
const language = createFilterLanguage(SCHEMA, NO_HOST);
const compile = (expression: string) => compileFilter([language.parse(expression)]);

/** The message of the problem with an expression. */
function problemOf(expression: string): string {
	try {
		compile(expression);
	} catch (error) {
		if (error instanceof FilterProblem) return error.message;
		throw error;
	}
	return 'none';
}

const repeat = (text: string, count: number, by = '') => Array(count).fill(text).join(by);

for (const [name, expression, message] of [
	['nothing', '', /Unexpected token: EOF/],
	['another type', 'number', /gives int, a filter must give bool/],
	['another type of an operand', 'number == "a"', /no such overload: int == string/],
	['an unknown name', 'nmuber == 1', /there is no field nmuber; did you mean number\?/],
	['an unknown function', 'foo(number)', /./],
	['regular expressions', 'text.matches("a*")', /regular expressions do not run in the kernel/],
	['macros', '[1, 2].exists(x, x == number)', /a filter has no loops/],
	['floating point', '1.5 < 2.5', /1\.5 has a type that no field has/],
	['unsigned literals', '1u == 1u', /./],
	['maps', '{"a": 1}["a"] == number', /not supported/],
	['dynamic types', 'dyn(number) == 1', /not supported/],
	['types as values', 'type(number) == int', /./],
	['timestamps', 'timestamp("2020-01-01T00:00:00Z") == timestamp("2020-01-01T00:00:00Z")', /not supported/],
	['concatenation', 'text + "a" == "b"', /not a number/],
	['two texts', 'text == name', /one side must be a field/],
	['a choice of texts', '(flag ? "a" : "b") == text', /only conditions and numbers can be chosen/],
	['a list that is computed', 'number in ([1] + [2])', /is not a number/],
	['a list with what is computed', 'number in [unsigned_byte, 1]', /must be written out/],
	['conditions in a list', 'flag in [flag]', /"in" compares fields/],
	['a size of a list', 'size([text.matches("a")]) == 1', /size\(\) needs a text|regular/],
	['a hidden field', 'has(process._x)', /no field|Unknown/],
	[
		'an interpreter at work',
		'duration("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("^(a+)+$") ? "1s" : "2s") == duration("1s")',
		/takes a text that is written out/,
	],
	[
		'a duration of many digits',
		`wait_ns > duration("${repeat('1', 60_000)}")`,
		/duration\(\) takes at most 64 characters, such as "1\.5s"/,
	],
	[
		'a product of many',
		`${repeat('number', 1_300, ' * ')} == 1`,
		/nested 200 deep|far more eBPF instructions|too long/,
	],
	['conditions in conditions', `${repeat('(flag == ', 50)}flag${repeat(')', 50)}`, /more room/],
	[
		'many long lists',
		repeat(`number in [${Array.from({ length: 17 }, (_, i) => i).join()}]`, 60, ' || '),
		/60 long lists/,
	],
	['a long name that nothing has', `"${repeat('a', 60_000)}" == zz`, /no field zz/],
	['an element of a list', '[1, 2][0] == number', /not supported/],
	['a number that is too large', 'number == 9223372036854775808', /more than the largest int/],
	['no duration', 'wait_ns > duration("ten")', /duration\(\) takes at most 64 characters, such as "1\.5s"/],
	['no address', 'address == ip("10.0.0")', /not an address: 10\.0\.0/],
	['no network', 'address in cidr("10.0.0.1/8")', /not a network/],
	['a text that is too long', `text == "${repeat('a', 513)}"`, /a text may have 512 bytes, this one has 513/],
	[
		'too long a text to look for',
		`text.contains("${repeat('a', 65)}")`,
		/may have 64 bytes, this one has 65/,
	],
	['too many texts to look for', repeat('text.contains("a")', 7, ' && '), /has 7 uses of contains/],
	['too much to look for', repeat(`text.contains("${repeat('a', 33)}")`, 3, ' && '), /99 bytes together/],
	[
		'an expression that is too long',
		repeat('flag', 20_000, ' && '),
		/has 159,996 characters, it may have 65,536/,
	],
	['too many parts', repeat('flag', 8_000, '&&'), /too long or nested too deep|may have 1,000 parts/],
	['a list that is too long', `number in [${repeat('1', 10_001, ',')}]`, /10,000 elements/],
	['deep nesting', `${repeat('(', 1_000)}flag${repeat(')', 1_000)}`, /nested/],
	['deep negation', `${repeat('!', 1_000)}flag`, /nested/],
	['too many instructions', repeat('number * 3 > 7', 500, ' || '), /eBPF instructions/],
	[
		'long texts in a long list',
		`text in [${Array.from({ length: 17 }, (_, i) => `"${repeat('b', 129)}${i}"`).join()}]`,
		/each may have 128 bytes/,
	],
] as const) {
	test(`${name}: a clear error`, () => assert.match(problemOf(expression), message));
}

for (const [name, expression, wanted] of [
	['the largest list of numbers', `number in [${Array.from({ length: 8_000 }, (_, i) => i + 1).join()}]`, 0],
	['a list with zero', `number in [${Array.from({ length: 1_000 }, (_, i) => i).join()}]`, 1],
	['NUL in a text', 'text == "a\\x00b"', 0],
	['NUL in a name', 'name.contains("\\x00") || name == "\\x00"', 0],
	['bytes that are no UTF-8', 'bytes(text) == b"\\xff\\xfe"', 0],
	['a chain of nine hundred conditions', repeat('number == 0', 900, ' && '), 1],
	['sixty brackets', `${repeat('(', 60)}number == 0${repeat(')', 60)}`, 1],
	['all that contains() may look for', repeat(`text.contains("${repeat('ab', 8)}")`, 6, ' || '), 0],
	['one text of all bytes that contains() may look for', `text.contains("${repeat('ab', 32)}")`, 0],
	['all uses of size()', repeat('size(text) == 0', 6, ' && '), 1],
	['a text of all bytes that it may have', `text.startsWith("${repeat('ab', 256)}")`, 0],
] as const) {
	test(`${name}: a filter that is right`, () => {
		assert.deepEqual(runParts(compile(expression), Buffer.alloc(EVENT_BYTES)), [wanted]);
	});
}

/** Something that was an expression. */
const brokenArbitrary = fc
	.tuple(
		expressionArbitrary,
		fc.array(
			fc.record({
				at: fc.nat(),
				cut: fc.nat({ max: 6 }),
				put: fc.oneof(
					fc.constantFrom(
						'(',
						')',
						'[',
						']',
						'"',
						'\\',
						',',
						'&&',
						'!',
						'-',
						'.',
						'text',
						'0',
						"'",
						'\n',
						'\0',
						'?',
						':',
					),
					fc.string({ unit: 'binary', maxLength: 4 }),
				),
			}),
			{ minLength: 1, maxLength: 4 },
		),
	)
	.map(([expression, changes]) =>
		changes.reduce((text, { at, cut, put }) => {
			const place = at % (text.length + 1);
			return text.slice(0, place) + put + text.slice(place + cut);
		}, expression),
	);

test(`${FUZZED} fuzzed texts get a clear error or a filter that loads`, (t) => {
	let loaded = 0;
	fc.assert(
		fc.property(fc.oneof(brokenArbitrary, fc.string({ unit: 'binary', maxLength: 60 })), (text) => {
			const problem = problemOf(text);
			if (problem !== 'none') return problem !== '';
			runParts(compile(text), Buffer.alloc(EVENT_BYTES));
			loaded++;
			return true;
		}),
		{ numRuns: FUZZED, seed: SEED, endOnFailure: true },
	);
	t.diagnostic(`seed ${SEED}; ${loaded} of them are filters`);
});
