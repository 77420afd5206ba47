import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readObject } from './catalog/entry.js';
import { Event } from './gen/sonde/v1/event.js';
import { FileOpen } from './gen/sonde/v1/probe_file_open.js';
import { StreamEventsResponse } from './gen/sonde/v1/trace_service.js';
import { type EventBatch, loadNative, type NativeTrace } from './native.js';

const native = loadNative();

/** Events with paths of these lengths, on CPU 0, 1, 2 and so on. */
function batchOf(lengths: readonly number[]): EventBatch {
	const events = lengths.map((length, cpu) => ({
		...Event.decode(new Uint8Array()),
		cpu,
		payload: {
			$case: 'fileOpen' as const,
			value: { ...FileOpen.decode(new Uint8Array()), path: 'x'.repeat(length) },
		},
	}));
	const message = { ...StreamEventsResponse.decode(new Uint8Array()), events };
	return new native.EventBatch(StreamEventsResponse.encode(message).finish(), lengths.length, 5n, 3n);
}

function cpusOf(batch: EventBatch): number[] {
	const bytes = Buffer.alloc(batch.byteLength);
	batch.copy(bytes, 0);
	return StreamEventsResponse.decode(bytes).events.map(({ cpu }) => cpu);
}

test('EventBatch.slice cuts at both ends, with lengths of one to three bytes', () => {
	const batch = batchOf([1, 200, 4_096, 20_000, 5]);
	const middle = batch.slice(1, 3);
	assert.deepEqual(cpusOf(middle), [1, 2, 3]);
	assert.equal(middle.eventCount, 3);
	assert.equal(middle.watermarkUnixNano, 5n);
	assert.equal(middle.oldestUnixNano, 3n);
	assert.deepEqual(cpusOf(batch.slice(4, 100)), [4]);
	assert.deepEqual(cpusOf(batch.slice(0, 2)), [0, 1]);
	assert.deepEqual(cpusOf(middle.slice(1, 1)), [2]);
	assert.deepEqual(cpusOf(batch.slice(0, Number.MAX_SAFE_INTEGER)), [0, 1, 2, 3, 4]);
	assert.deepEqual(cpusOf(batch.slice(9, 9)), []);
});

test('a slice outlives its batch; what was released cannot be read', () => {
	const batch = batchOf([1, 2]);
	const slice = batch.slice(1, 1);
	batch.release();
	batch.release();
	assert.deepEqual(cpusOf(slice), [1]);
	assert.throws(() => cpusOf(batch), { code: 'CLOSED', message: 'the batch was released before' });
	assert.throws(() => batch.slice(0, 1), { code: 'CLOSED' });
});

test('EventBatch stops at bytes that are not events and at a target that is too small', () => {
	const nonsense = new native.EventBatch(Buffer.from([1, 2, 3]), 2, 0n);
	assert.throws(() => nonsense.slice(1, 1), {
		code: 'INVALID_ARGUMENT',
		message: 'slice: the bytes are not events',
	});
	const cut = new native.EventBatch(Buffer.from([0x42, 200]), 2, 0n);
	assert.throws(() => cut.slice(1, 1), { message: 'slice: the bytes are not events' });
	assert.throws(() => nonsense.copy(Buffer.alloc(3), 1), { message: 'copy: the target is too small' });
});

test('objectPrograms and structLayout refuse what is no BPF object', () => {
	assert.throws(() => native.objectPrograms(Buffer.from('nonsense')), { code: 'INVALID_OBJECT' });
	assert.throws(() => native.structLayout(Buffer.from('nonsense'), 'x'), { code: 'INVALID_OBJECT' });
});

test('constants that an object does not have, or not of that size, are refused', async () => {
	const verify = (name: string, size: number) =>
		native.verifyProbe({
			programs: {
				object: readObject('syscall_error'),
				attachPoints: ['tp_btf/sys_exit'],
				...{ keepArguments: false, uprobeMulti: false, generation: 1 },
				filter: { early: null, late: null, earlyContext: 0, lateContext: 0 },
				constants: [{ name, bytes: Buffer.alloc(size) }],
			},
			plan: { steps: [{ op: 'ktime', offset: 16, tag: 9 }], subject: NO_SUBJECT },
			sampling: ALL,
		});
	await assert.rejects(verify('option_none', 1), {
		code: 'INVALID_OBJECT',
		message: 'the BPF object has no constant option_none',
	});
	await assert.rejects(verify('option_calls', 32), {
		code: 'INVALID_OBJECT',
		message: 'the BPF object has another size for option_calls',
	});
});

test('tryLockFile refuses what is no open file', () => {
	assert.throws(() => native.tryLockFile(-1), { code: 'KERNEL_REFUSED', message: /^cannot lock a file: / });
	// @ts-expect-error: JavaScript can do this.
	assert.throws(() => native.tryLockFile('x'), { code: 'INVALID_ARGUMENT' });
});

test('whyNoUserFunction names the file that is not there, or what it lacks', () => {
	assert.equal(native.whyNoUserFunction('libc.so.6:getaddrinfo'), '');
	assert.equal(native.whyNoUserFunction('libsonde-none.so.1:f'), 'no libsonde-none.so.1 on this node');
	assert.match(
		native.whyNoUserFunction('libc.so.6:sonde_none'),
		/^\/.*\/libc\.so\.6 has no function sonde_none$/,
	);
	assert.equal(native.whyNoUserFunction('/bin/sonde-none:f'), 'no /bin/sonde-none on this node');
	assert.equal(native.whyNoUserFunction('/etc/passwd:f'), '/etc/passwd has no function f');
	for (const nonsense of ['', 'f', ':f'])
		assert.equal(native.whyNoUserFunction(nonsense), `${nonsense} names no function of a file`);
});

const ALL = { oneIn: 1, processSalt: 0 };
const NO_SUBJECT = { startBoottime: 0, cgroup: 0, tgid: 0, uid: 0 };

test('a trace of what is no BPF object fails whole, and stop may be called at any time', async () => {
	const trace = new native.Trace(
		{
			probes: [
				{
					programs: {
						object: Buffer.from('nonsense'),
						attachPoints: ['tracepoint/syscalls/sys_exit_openat'],
						keepArguments: false,
						uprobeMulti: false,
						filter: { early: null, late: null, earlyContext: 0, lateContext: 0 },
						generation: 1,
						constants: [],
					},
					plan: {
						steps: [{ op: 'ktime', offset: 16, tag: 9 }],
						subject: NO_SUBJECT,
					},
					sampling: ALL,
				},
			],
			ringCount: 1,
			ringBytes: 65_536,
			eventsPerSecond: 1,
			maxEvents: 0n,
			batch: { maxEvents: 1, maxBytes: 8_192, maxDelayNs: 0 },
			eventsField: 8,
			wantsSubjects: false,
		},
		() => assert.fail('a batch of nothing'),
	);
	const none = { shared: 0n, probes: [] };
	assert.deepEqual(trace.memory(), none);
	setAll(trace);
	assert.deepEqual(trace.snapshot(), { watermarkUnixNano: 0n, readerCpuNs: 0n, failure: '', probes: [] });
	const opening = trace.open();
	const stopping = trace.stop();
	assert.deepEqual(trace.snapshot().probes, [], 'another thread is still opening it');
	setAll(trace);
	await assert.rejects(opening, { code: 'INVALID_OBJECT', message: /^cannot open the BPF object: / });
	await stopping;
	await trace.stop();
	await assert.rejects(trace.open(), { code: 'CLOSED', message: 'the trace was opened before' });
	assert.deepEqual(trace.programs(), []);
	assert.deepEqual(trace.memory(), none);
	setAll(trace);
});

/** Has no effect on a trace that is not running. */
function setAll(trace: NativeTrace): void {
	trace.setPaused(true);
	trace.setSampling(0, { oneIn: 7, processSalt: 0 });
	trace.setEventsPerSecond(0);
	trace.setMaxEvents(1n);
	const message = 'setSampling: there is no such probe';
	for (const index of [1, -1, 4_294_967_295]) {
		assert.throws(() => trace.setSampling(index, ALL), { code: 'INVALID_ARGUMENT', message });
	}
	assert.throws(() => trace.setSampling(0, { oneIn: 0, processSalt: 0 }), {
		message: 'sampling: oneIn is at least 1',
	});
	// @ts-expect-error: JavaScript can do this.
	assert.throws(() => trace.setMaxEvents(1), { message: 'setMaxEvents takes a bigint' });
}

test('options that are missing are refused by name', () => {
	// @ts-expect-error: JavaScript can do this.
	assert.throws(() => new native.Trace({ probes: [] }, () => {}), {
		code: 'INVALID_ARGUMENT',
		message: 'options: ringCount is missing',
	});
});
