// Redactions, run in the kernel on made-up events: what is redacted is blank behind a filter that matches, and nothing else has
// changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CompiledFilter, compileFilter, createFilterLanguage } from '../../service/filter/compile.js';
import { type FilterField, SPARE_BYTES } from '../../service/filter/field.js';
import { nativePart } from '../../service/filter/native-filter.js';
import type { BlankPlace, Redaction } from '../../service/filter/redaction.js';
import { loadNative } from '../../service/native.js';
import { IS_EMULATED } from '../e2e/emulated.js';
import { EVENT_BYTES, encodeEvent, NO_HOST, SCHEMA, SHIM_OBJECT } from './shim.js';

const RUNS = IS_EMULATED ? 20 : 150;
const TEXT_BYTES = 4_096;
const language = createFilterLanguage(SCHEMA, NO_HOST);
const native = loadNative();

function placeOf({ at }: FilterField): BlankPlace {
	if (at.kind === 'string') return { ...at, kind: 'tail' };
	const size = at.kind === 'address' ? 16 : at.kind === 'name' ? 4 : at.size;
	return { kind: 'fixed', offset: at.offset, size };
}

function redacting(fields: readonly FilterField[]): Redaction {
	return {
		fields: fields.map((field) => ({ name: field.name, classes: [], place: placeOf(field) })),
		names: new Set(fields.map(({ name }) => name)),
	};
}

/** What the late part decides on an event, and what it leaves of it. */
function run({ early, late }: CompiledFilter, events: Buffer) {
	assert.equal(early, undefined);
	assert.ok(late !== undefined);
	return native.runFilter({ object: SHIM_OBJECT, part: nativePart(late), events, eventBytes: EVENT_BYTES });
}

function blanked(event: Buffer, places: readonly BlankPlace[]): Buffer {
	const left = Buffer.from(event);
	for (const place of places) {
		if (place.kind === 'fixed') {
			left.fill(0, place.offset, place.offset + place.size);
			continue;
		}
		const length = left.readUInt16LE(place.lengthOffset);
		left.fill(0, place.offset, place.offset + length + SPARE_BYTES);
		left.writeUInt16LE(0, place.lengthOffset);
	}
	return left;
}

const eventArbitrary = fc
	.record({
		number: fc.constantFrom(0, 1, -5),
		flag: fc.boolean(),
		address: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes)),
		name: fc.constantFrom('', 'sh', 'sixteen bytes ok').map((text) => Buffer.from(text)),
		text: fc
			.oneof(fc.nat({ max: TEXT_BYTES }), fc.constantFrom(0, 1, TEXT_BYTES - 1, TEXT_BYTES))
			.map((length) => Buffer.alloc(length, '/secret')),
	})
	.map((event) =>
		encodeEvent({
			...{ long_number: -1n, unsigned_long: 1n, unsigned_number: 7, short_number: -1, unsigned_short: 1 },
			...{ byte_number: -1, unsigned_byte: 255, wait_ns: 5n },
			...event,
		}),
	);

test('what is redacted is blank behind the filter, which may ask for it, and nothing else', (t) => {
	const seen = { 0: 0, 1: 0 };
	fc.assert(
		fc.property(
			fc.uniqueArray(fc.constantFrom(...SCHEMA.fields), { minLength: 1, selector: ({ name }) => name }),
			fc.constantFrom(
				'',
				'number == 1',
				'text.startsWith("/sec")',
				'size(text) > 10 && text.contains("ret/s")',
			),
			eventArbitrary,
			(fields, expression, event) => {
				const redaction = redacting(fields);
				const filters = expression === '' ? [] : [language.parse(expression)];
				const { results, events } = run(compileFilter(filters, redaction), event);
				const [result] = results;
				assert.ok(result === 0 || result === 1);
				seen[result]++;
				const places = redaction.fields.map(({ place }) => place);
				assert.ok(events.equals(result === 1 ? blanked(event, places) : event), expression);
			},
		),
		{ numRuns: RUNS, endOnFailure: true },
	);
	t.diagnostic(`${seen[1]} matched, ${seen[0]} did not`);
	assert.ok(seen[0] > 0 && seen[1] > 0);
});

test('without a redaction the event stays as it is', () => {
	const event = Buffer.alloc(EVENT_BYTES, 0xa5);
	const { results, events } = run(compileFilter([language.parse('number != 1')]), event);
	assert.deepEqual(results, [1]);
	assert.ok(events.equals(event));
});

test('an event that an expression errs on is not blanked', () => {
	const event = Buffer.alloc(EVENT_BYTES);
	event.writeUInt8(7);
	const { results, events } = run(
		compileFilter([language.parse('1 / number == 1')], redacting(SCHEMA.fields)),
		event,
	);
	assert.ok((results[0] ?? 0) < 0);
	assert.ok(events.equals(event));
});
