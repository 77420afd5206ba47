import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StacksRecord } from '../gen/sonde/v1/record.js';
import type { EventStack } from '../native.js';
import { readMappings } from './mappings.js';
import { createTraceStacks } from './stacks.js';

const [code] = readMappings(process.pid);
assert.ok(code !== undefined);
/** One frame, in a file that this process runs. */
const STACK: EventStack = {
	id: 1,
	isUser: true,
	tgid: process.pid,
	startBoottimeNs: 0n,
	addresses: BigUint64Array.of(code.start + 16n),
};

function told(withheld?: { readonly arguments: boolean; readonly paths: boolean }): StacksRecord {
	const record = createTraceStacks(withheld).mention(STACK).record();
	assert.ok(record?.kind?.$case === 'stacks');
	return record.kind.value;
}

test('a frame says which file it is in, unless paths are withheld', () => {
	const all = told();
	assert.deepEqual(all.modules, [code.path]);
	assert.deepEqual(told({ arguments: true, paths: false }), all);
	assert.deepEqual(told({ arguments: false, paths: true }), { ...all, modules: [''] });
});
