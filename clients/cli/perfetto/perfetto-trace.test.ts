import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import { FieldDescriptorProto_Type as Type } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import {
	FileOpen_Syscall,
	ProcessSchema,
	StreamEventsResponseSchema,
	TraceSchema,
} from '../../typescript/index.js';
import type { Output } from '../output.js';
import { createPerfettoTrace, durationOf, packetsOf } from './perfetto-trace.js';
import { decodePerfetto, dynamicMessage } from './test-decode.js';
import { createTracks } from './tracks.js';

const PROCESS = create(ProcessSchema, {
	tgid: 7,
	tid: 8,
	comm: 'cat',
	uid: 1000,
	startBoottimeNs: 5n,
	cgroupId: 2n ** 64n - 1n,
});

test('createPerfettoTrace writes a clock, the tracks of a thread, and instants with all fields', async () => {
	const chunks: Uint8Array[] = [];
	const output: Output = {
		async write(text) {
			chunks.push(Buffer.from(text));
		},
		closed: new AbortController().signal,
		columns: undefined,
	};
	const perfetto = createPerfettoTrace(output);
	const trace = create(TraceSchema, { probes: [{ spec: { probe: 'file.open' } }], startUnixNano: 900n });
	const event = {
		timeUnixNano: 1_000n,
		cpu: 3,
		process: PROCESS,
		payload: {
			case: 'fileOpen' as const,
			value: { path: '/x', ret: -2, flags: 2, syscall: FileOpen_Syscall.OPENAT },
		},
	};
	await perfetto.begin(trace);
	await perfetto.show(create(StreamEventsResponseSchema, { events: [event, { timeUnixNano: 1_001n }] }), 0);
	await perfetto.end();
	const [clock, process, thread, instant, none, last, ...more] = decodePerfetto(Buffer.concat(chunks));
	assert.deepEqual(clock, {
		clockSnapshot: [{ clocks: [{ clockId: [1], timestamp: ['900'] }], primaryTraceClock: [1] }],
		trustedPacketSequenceId: [1],
	});
	const [{ uuid: processUuid }] = firstOf(process?.trackDescriptor);
	assert.deepEqual(process?.trackDescriptor, [
		{ uuid: processUuid, process: [{ pid: [7], processName: ['cat'] }] },
	]);
	const [{ uuid: threadUuid }] = firstOf(thread?.trackDescriptor);
	assert.deepEqual(thread?.trackDescriptor, [
		{ uuid: threadUuid, parentUuid: processUuid, thread: [{ pid: [7], tid: [8], threadName: ['cat'] }] },
	]);
	assert.deepEqual(
		[instant?.timestamp, instant?.timestampClockId, instant?.trustedPacketSequenceId],
		[['1000'], [1], [1]],
	);
	const [{ debugAnnotations, ...rest }] = firstOf(instant?.trackEvent);
	assert.deepEqual(rest, {
		type: [3],
		trackUuid: threadUuid,
		categories: ['file.open'],
		name: ['file.open'],
	});
	assert.ok(Array.isArray(debugAnnotations));
	for (const annotation of [
		{ name: 'path', stringValue: '/x' },
		{ name: 'ret', intValue: '-2' },
		{ name: 'process.cgroup_id', uintValue: '18446744073709551615' },
		{ name: 'syscall', stringValue: 'openat' },
		{ name: 'path_truncated', boolValue: false },
		{ name: 'cpu', intValue: '3' },
		{ name: 'process.uid', intValue: '1000' },
	]) {
		const found: unknown = debugAnnotations.find((one) => firstOf([one])[0].name === annotation.name);
		assert.deepEqual(found, annotation);
	}
	assert.ok(!debugAnnotations.some((one) => firstOf([one])[0].name === 'process.tgid'));
	assert.deepEqual(firstOf(none?.trackDescriptor)[0].name, ['no process']);
	assert.deepEqual(last?.timestamp, ['1001']);
	assert.deepEqual(more, []);
});

test('durationOf finds a latency or a duration, and not an absent one', () => {
	const schema = dynamicMessage(
		{ Run: [['latency_ns', 1, Type.UINT64]], Other: [['size', 1, Type.UINT64]] },
		'Run',
	);
	const message = reflect(schema);
	assert.equal(durationOf(message), undefined);
	const [field] = schema.fields;
	assert.ok(field?.fieldKind === 'scalar');
	message.set(field, 50n);
	assert.equal(durationOf(message), 50n);
	assert.equal(
		durationOf(reflect(dynamicMessage({ Other: [['size', 1, Type.UINT64]] }, 'Other'))),
		undefined,
	);
});

test('packetsOf makes a slice that ends when the event happened, below its thread', () => {
	const shown = { unixNano: 1_000n, name: 'sched.latency', duration: 50n, process: PROCESS, annotations: [] };
	const [process, thread, lane, begin, end] = decodePerfetto(Buffer.concat(packetsOf(shown, createTracks())));
	assert.ok(process !== undefined);
	const [{ uuid: threadUuid }] = firstOf(thread?.trackDescriptor);
	const [{ uuid }] = firstOf(lane?.trackDescriptor);
	assert.deepEqual(lane?.trackDescriptor, [{ uuid, name: ['sched.latency'], parentUuid: threadUuid }]);
	assert.deepEqual([begin?.timestamp, end?.timestamp], [['950'], ['1000']]);
	const names = { categories: ['sched.latency'], name: ['sched.latency'] };
	assert.deepEqual(begin?.trackEvent, [{ type: [1], trackUuid: uuid, ...names }]);
	assert.deepEqual(end?.trackEvent, [{ type: [2], trackUuid: uuid }]);
	const long = { ...shown, duration: 5_000n };
	const [, , , first] = decodePerfetto(Buffer.concat(packetsOf(long, createTracks())));
	assert.deepEqual(first?.timestamp, ['0']);
});

test('slices on one track never overlap', () => {
	const slice = fc.record({ end: fc.bigInt(100n, 1_000n), duration: fc.bigInt(0n, 100n), tid: fc.nat(2) });
	fc.assert(
		fc.property(fc.array(slice), (slices) => {
			const tracks = createTracks();
			const placed = new Map<bigint, (readonly [bigint, bigint])[]>();
			for (const { end, duration, tid } of slices) {
				const begin = end - duration;
				const { uuid } = tracks.slice(create(ProcessSchema, { tgid: 1, tid }), 'p', begin, end);
				const others = placed.get(uuid) ?? [];
				assert.ok(others.every(([otherBegin, otherEnd]) => otherEnd <= begin || end < otherBegin));
				placed.set(uuid, [...others, [begin, end]]);
			}
		}),
	);
});

test('a track that was forgotten is described again with the same uuid', () => {
	const tracks = createTracks(2);
	const a = create(ProcessSchema, { tgid: 1, tid: 1 });
	const b = create(ProcessSchema, { tgid: 2, tid: 2 });
	const first = tracks.instant(a);
	assert.equal(first.news.length, 2);
	assert.deepEqual(tracks.instant(a), { uuid: first.uuid, news: [] });
	tracks.instant(b);
	assert.deepEqual(tracks.instant(a), first);
});

/** The first object of a list of JSON, which has to have one. */
function firstOf(list: unknown): [Record<string, unknown>] {
	assert.ok(Array.isArray(list) && list[0] !== undefined);
	return [list[0]];
}
