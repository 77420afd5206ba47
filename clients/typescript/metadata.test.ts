import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { EventSchema } from './gen/sonde/v1/event_pb.js';
import { type MetadataRecord, MetadataRecordSchema, RecordSchema } from './gen/sonde/v1/record_pb.js';
import { createMetadataIndex } from './metadata.js';

function metadata(tgid: number, executable: string) {
	const value: MetadataRecord = create(MetadataRecordSchema, { tgid, startBoottimeNs: 5n, executable });
	return create(RecordSchema, { kind: { case: 'metadata', value } });
}

function event(tgid: number, startBoottimeNs = 5n) {
	return create(EventSchema, { process: { tgid, startBoottimeNs, cgroupId: 7n, uid: 3 } });
}

test('an index knows what was said last of the process, group and user of an event', () => {
	const index = createMetadataIndex();
	const nothing = { process: undefined, cgroup: undefined, user: undefined };
	assert.deepEqual(index.of(event(1)), nothing);
	assert.deepEqual(index.of(create(EventSchema)), nothing);
	index.add({
		records: [
			metadata(1, '/a'),
			create(RecordSchema, { kind: { case: 'cgroup', value: { cgroupId: 7n, path: '/g' } } }),
			create(RecordSchema, { kind: { case: 'user', value: { uid: 3, name: 'u' } } }),
		],
	});
	const { process, cgroup, user } = index.of(event(1));
	assert.deepEqual([process?.executable, cgroup?.path, user?.name], ['/a', '/g', 'u']);
	assert.equal(index.of(event(1, 6n)).process, undefined, 'another process with the same id');
	index.add({ records: [metadata(1, '/b')] });
	assert.equal(index.of(event(1)).process?.executable, '/b');
});

test('an index forgets what was not looked up for longest', () => {
	const index = createMetadataIndex();
	index.add({ records: [metadata(1, '/a'), metadata(2, '/b')] });
	for (let tgid = 3; tgid <= 65_536; tgid++) index.add({ records: [metadata(tgid, '/x')] });
	assert.equal(index.of(event(1)).process?.executable, '/a');
	index.add({ records: [metadata(100_000, '/new')] });
	assert.equal(index.of(event(2)).process, undefined);
	assert.equal(index.of(event(1)).process?.executable, '/a');
});
