import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { EventSchema } from './gen/sonde/v1/event_pb.js';
import { RecordSchema, StacksRecordSchema } from './gen/sonde/v1/record_pb.js';
import { createStackIndex, formatStack } from './stacks.js';

function offCpu(kernelStackId: number, userStackId: number) {
	return create(EventSchema, {
		payload: { case: 'schedOffCpu', value: { offNs: 7n, kernelStackId, userStackId } },
	});
}

test('an index finds the stacks that an event names', () => {
	const index = createStackIndex();
	const record = (stackId: number) => create(RecordSchema, { kind: { case: 'stacks', value: { stackId } } });
	assert.deepEqual(index.of(offCpu(1, 2)), []);
	index.add({ records: [record(1), record(7)] });
	assert.deepEqual(
		index.of(offCpu(1, 7)).map(({ of, stack }) => [of, stack.stackId]),
		[
			['kernel', 1],
			['user', 7],
		],
	);
	assert.deepEqual(index.of(offCpu(0, 2)), []);
	assert.deepEqual(index.of(create(EventSchema)), []);
});

test('frames are written with what is known of them', () => {
	const stack = create(StacksRecordSchema, {
		addresses: [0x1000n, 0x2000n, 0x3000n, 0xffffffff81000000n],
		symbols: ['read', '', '', 'schedule'],
		symbolOffsets: [16n, 0n, 0n, 35n],
		modules: ['/lib/libc.so.6', '/bin/x', '', ''],
		fileOffsets: [0x100n, 0x200n, 0n],
	});
	assert.deepEqual(formatStack(stack), [
		'read+0x10 (/lib/libc.so.6)',
		'/bin/x+0x200',
		'0x3000',
		'schedule+0x23',
	]);
});
