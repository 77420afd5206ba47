import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { ServiceError } from '../error.js';
import type { CompiledFilter } from '../filter/compile.js';
import { compileFilter, createFilterLanguage } from '../filter/compile.js';
import type { FilterField } from '../filter/field.js';
import { explainLoadFailure } from './load-failure.js';

const FIELD: FilterField = {
	name: 'cpu',
	type: 'int',
	context: 'cpu',
	at: { kind: 'number', offset: 4, size: 4, signed: false },
};
const HOST = {
	obstacle: () => '',
	cgroup: () => 'there is none',
	hasProcess: () => false,
	namespaceOf: () => '',
	tracker: () => Buffer.alloc(0),
};

function refusal(code: string): Error {
	return Object.assign(new Error('the kernel refused the BPF programs'), {
		code,
		log: 'R1 is not a pointer\n',
	});
}

function explain(error: unknown, filters: readonly CompiledFilter[]) {
	const lines: string[] = [];
	const explained = explainLoadFailure(
		error,
		filters,
		pino({ base: null }, { write: (line) => lines.push(line) }),
	);
	return { explained, logged: lines.join('') };
}

test('a filter that the kernel refuses is our fault: a number for the caller, the program in the log', () => {
	const filter = compileFilter([
		createFilterLanguage({ fields: [FIELD], enumValues: {} }, HOST).parse('cpu == 3'),
	]);
	const { explained, logged } = explain(refusal('KERNEL_REFUSED'), [filter]);
	assert.ok(explained instanceof ServiceError);
	assert.equal(explained.reason, 'INTERNAL');
	const id = explained.metadata.error_id ?? '';
	assert.match(id, /^[0-9a-f]{12}$/);
	assert.ok(explained.message.includes(id));
	assert.ok(!explained.message.includes('R1'));
	assert.ok(logged.includes(id) && logged.includes('cpu == 3') && logged.includes('R1 is not a pointer'));
});

test('without a filter the end of what the verifier said goes to the caller', () => {
	const { explained } = explain(refusal('KERNEL_REFUSED'), []);
	assert.ok(explained instanceof ServiceError);
	assert.match(
		explained.message,
		/^the kernel refused the BPF programs: R1 is not a pointer \(error [0-9a-f]{12}\)$/,
	);
});

test('what does not come from the addon stays what it is', () => {
	const error = new Error('other');
	assert.equal(explain(error, []).explained, error);
});
