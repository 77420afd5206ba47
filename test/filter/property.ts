// The compiler against an interpreter: random expressions and events, run in the kernel and by cel-js.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseAddress } from '../../service/filter/addresses.js';
import { compileFilter, createFilterLanguage } from '../../service/filter/compile.js';
import { Address, createEnvironment } from '../../service/filter/environment.js';
import { FilterProblem } from '../../service/filter/problem.js';
import { IS_EMULATED } from '../e2e/emulated.js';
import { addressArbitrary, expressionArbitrary, numberArbitrary, textArbitrary } from './expressions.js';
import { runParts } from './run-parts.js';
import { encodeEvent, NO_HOST, SCHEMA, type ShimEvent } from './shim.js';

/** Pairs of an expression and an event: SONDE_FILTER_PAIRS, for a longer run. */
const PAIRS = Number(process.env.SONDE_FILTER_PAIRS ?? (IS_EMULATED ? 400 : 5_000));
const EVENTS_EACH = 20;
/** To run again what has failed: SONDE_FILTER_SEED. */
const SEED = Number(process.env.SONDE_FILTER_SEED ?? Date.now() % 2 ** 31);

const language = createFilterLanguage(SCHEMA, NO_HOST);
const environment = createEnvironment(SCHEMA);

const integer = (bits: number, signed: boolean) =>
	numberArbitrary.map((value) => Number(signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)));

const eventArbitrary: fc.Arbitrary<ShimEvent> = fc.record({
	long_number: numberArbitrary,
	unsigned_long: numberArbitrary.map((value) => BigInt.asUintN(64, value)),
	number: integer(32, true),
	unsigned_number: integer(32, false),
	short_number: integer(16, true),
	unsigned_short: integer(16, false),
	byte_number: integer(8, true),
	unsigned_byte: integer(8, false),
	flag: fc.boolean(),
	wait_ns: fc.constantFrom(0n, 9_999_999n, 10_000_000n, 1_500_000_000n, -1_000_000_000n, 3_600_000_000_000n),
	address: addressArbitrary.map((text) => parseAddress(text) ?? Buffer.alloc(16)),
	name: textArbitrary.map(cutTo16),
	text: textArbitrary.map((text) => Buffer.from(text)),
});

/** Whole characters only. */
function cutTo16(text: string): Buffer {
	let bytes = Buffer.from(text);
	for (let left = text; bytes.length > 16; bytes = Buffer.from(left)) left = left.slice(0, -1);
	return bytes;
}

/** What the interpreter makes of an event: 1, 0, or -1 if it fails. */
function interpret(expression: string, event: ShimEvent): number {
	const numbers = Object.entries(event).flatMap(([name, value]) =>
		typeof value === 'number' || typeof value === 'bigint' ? [[name, BigInt.asIntN(64, BigInt(value))]] : [],
	);
	const context = {
		...Object.fromEntries(numbers),
		flag: event.flag,
		wait_ns: environment.evaluate(`duration("${event.wait_ns}ns")`),
		address: new Address(event.address),
		name: event.name.toString(),
		text: event.text.toString(),
	};
	try {
		return environment.evaluate(expression, context) === true ? 1 : 0;
	} catch {
		return -1;
	}
}

function inKernel(expression: string, events: readonly ShimEvent[]): number[] | undefined {
	try {
		return runParts(compileFilter([language.parse(expression)]), Buffer.concat(events.map(encodeEvent)));
	} catch (error) {
		// Too large: said, and not decided otherwise.
		if (error instanceof FilterProblem && /may have|may become|more room/.test(error.message))
			return undefined;
		throw error;
	}
}

test(`${PAIRS} expressions and events give the same in the kernel and in the interpreter`, (t) => {
	let refused = 0;
	const seen = { '-1': 0, '0': 0, '1': 0 };
	fc.assert(
		fc.property(
			expressionArbitrary,
			fc.array(eventArbitrary, { minLength: EVENTS_EACH, maxLength: EVENTS_EACH }),
			(expression, events) => {
				const found = inKernel(expression, events);
				if (found === undefined) {
					refused++;
					return;
				}
				const wanted = events.map((event) => interpret(expression, event));
				for (const [i, each] of wanted.entries()) {
					seen[each === 1 ? '1' : each === 0 ? '0' : '-1']++;
					assert.equal(found[i], each, `${expression}\nof ${JSON.stringify(events[i], showBigInt)}`);
				}
			},
		),
		{ numRuns: Math.ceil(PAIRS / EVENTS_EACH), seed: SEED, reporter, endOnFailure: true },
	);
	t.diagnostic(`seed ${SEED}; ${seen[1]} true, ${seen[0]} false, ${seen['-1']} failed; ${refused} too large`);
	assert.ok(refused * EVENTS_EACH < PAIRS / 10, `${refused} expressions were too large`);
});

/** The shrunk expression alone: the events of a run are many. */
function reporter(run: fc.RunDetails<[string, ShimEvent[]]>): void {
	if (!run.failed) return;
	throw new Error(`seed ${run.seed}: ${run.counterexample?.[0]}`, { cause: run.errorInstance });
}

function showBigInt(_: string, value: unknown): unknown {
	return typeof value === 'bigint' ? `${value}n` : value;
}
