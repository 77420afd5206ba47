// Redactions in real traces: what is redacted is blank in events and in the ring, all else is as it was, and filters of the role
// may ask for it all the same.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { openSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { type CatalogProbe, createCatalog } from '../../service/catalog/catalog.js';
import { readCatalog, readObject } from '../../service/catalog/entry.js';
import { localFeatures } from '../../service/catalog/features.js';
import { compileFilter } from '../../service/filter/compile.js';
import { nativeFilter } from '../../service/filter/native-filter.js';
import { REDACTION_CLASSES } from '../../service/filter/redaction.js';
import type { Event } from '../../service/gen/sonde/v1/event.js';
import { StreamEventsResponse } from '../../service/gen/sonde/v1/trace_service.js';
import {
	loadNative,
	type NativeConstant,
	type NativeProbe,
	type NativeTrace,
	type Plan,
} from '../../service/native.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Hooks, startChild } from './child.js';
import { temporaryDirectory } from './node.js';
import { waiting } from './opens.js';

const native = loadNative();
const catalog = createCatalog(localFeatures());
const EVENTS_FIELD = 8;
const PREFIX = '/nonexistent/sonde-secret/';
const EMPTY = Buffer.alloc(0);
const MARK = Buffer.from('sonde-secret');

interface Watch {
	/** Of redactions. */
	readonly names: readonly string[];
	/** The role's. */
	readonly filter: string;
	readonly constants?: readonly NativeConstant[];
	readonly plan?: Plan;
}

interface Recorded {
	readonly trace: NativeTrace;
	readonly events: readonly Event[];
	/** Messages of batches. */
	readonly bytes: readonly Buffer[];
}

function find(id: string): CatalogProbe {
	const probe = catalog.find(id);
	if (probe === undefined) throw new Error(`there is no probe ${id}`);
	return probe;
}

/** Why a probe cannot be used here; false: it can. */
function why(id: string): string | false {
	const { available, unavailableReason } = find(id).description;
	return available ? false : unavailableReason;
}

async function probeOf(id: string, { names, filter, constants = [], plan }: Watch): Promise<NativeProbe> {
	const probe = find(id);
	const parsed = filter === '' ? [] : (await probe.language()).parse(filter);
	const compiled = compileFilter([parsed], probe.redaction(names));
	const programs = { ...probe.load(), filter: nativeFilter(compiled), generation: 1, constants };
	return { programs, plan: plan ?? probe.plan(), sampling: { oneIn: 1, processSalt: 0 } };
}

/** A trace of one probe that has been opened. */
async function record(t: Hooks, id: string, watch: Watch): Promise<Recorded> {
	const events: Event[] = [];
	const bytes: Buffer[] = [];
	const trace = new native.Trace(
		{
			probes: [await probeOf(id, watch)],
			...{ ringCount: 1, ringBytes: 1_048_576, eventsPerSecond: 0, maxEvents: 0n },
			batch: { maxEvents: 4_096, maxBytes: 262_144, maxDelayNs: 1_000_000 },
			eventsField: EVENTS_FIELD,
			wantsSubjects: false,
		},
		(batch) => {
			const copy = Buffer.alloc(batch.byteLength);
			batch.copy(copy, 0);
			bytes.push(copy);
			events.push(...StreamEventsResponse.decode(copy).events);
			batch.release();
		},
	);
	t.after(() => trace.stop());
	await trace.open();
	return { trace, events, bytes };
}

function payloadsOf(events: readonly Event[]): unknown[] {
	return events.map(({ payload }) => payload?.value);
}

function openMissing(name: string): void {
	assert.throws(() => openSync(PREFIX + name, 'r'), { code: 'ENOENT' });
}

test('a path is blank, all else is there, and the filter of the role knows it', async (t) => {
	const filter = `path.startsWith("${PREFIX}a")`;
	const [plain, redacted] = [
		await record(t, 'file.open', { names: [], filter }),
		await record(t, 'file.open', { names: ['paths'], filter }),
	];
	for (const name of ['a', 'b', 'a long one'.repeat(100), 'c', 'a']) openMissing(name);
	await plain.trace.stop();
	await redacted.trace.stop();
	const paths = plain.events.map(({ payload }) => (payload?.$case === 'fileOpen' ? payload.value.path : ''));
	assert.deepEqual(paths, [`${PREFIX}a`, PREFIX + 'a long one'.repeat(100), `${PREFIX}a`]);
	assert.deepEqual(
		payloadsOf(redacted.events),
		payloadsOf(plain.events).map((payload) => Object.assign({}, payload, { path: '' })),
	);
	assert.ok(redacted.events.every(({ process: from }) => from?.tgid === process.pid && from.comm !== ''));
	assert.ok(redacted.bytes.every((batch) => !batch.includes(MARK)));
	assert.ok(plain.bytes.some((batch) => batch.includes(MARK)));
});

test('the path of the file itself, and what says how paths were read, are blank', async (t) => {
	const directory = temporaryDirectory(t);
	const file = join(directory, 'sonde-secret');
	symlinkSync('/etc/passwd', file);
	const watch = {
		filter: `path == "${file}"`,
		constants: [{ name: 'option_full_path', bytes: Buffer.from([1]) }],
	};
	const plain = await record(t, 'file.open', { ...watch, names: [] });
	const redacted = await record(t, 'file.open', { ...watch, names: ['file.open.*path'] });
	const fd = openSync(file, 'r');
	await plain.trace.stop();
	await redacted.trace.stop();
	const [seen] = plain.events;
	assert.ok(seen?.payload?.$case === 'fileOpen');
	assert.equal(seen.payload.value.fullPath, '/etc/passwd');
	assert.equal(seen.payload.value.ret, fd);
	assert.deepEqual(payloadsOf(redacted.events), [{ ...seen.payload.value, path: '', fullPath: '' }]);
});

test('a running trace is redacted from its update on, and stays so with the next', async (t) => {
	const filter = `path.startsWith("${PREFIX}")`;
	const { trace, events } = await record(t, 'file.open', { names: [], filter });
	openMissing('before');
	const replace = async (watch: Watch) => {
		const { programs } = await probeOf('file.open', watch);
		await trace.replaceBodies([{ probeIndex: 0, programs: { ...programs, generation: 2 } }]);
	};
	await replace({ names: ['file.open.path'], filter });
	openMissing('after');
	await replace({ names: ['file.open.path'], filter: `${filter} && size(path) > 3` });
	openMissing('last');
	await trace.stop();
	const paths = events.map(({ payload }) => (payload?.$case === 'fileOpen' ? payload.value.path : undefined));
	assert.deepEqual(paths, [`${PREFIX}before`, '', '']);
});

test('arguments of programs are blank, of those that started and of those that did not', async (t) => {
	const directory = temporaryDirectory(t);
	const program = join(directory, 'program');
	symlinkSync('/bin/true', program);
	const watch = { filter: `path.startsWith("${directory}")` };
	const plain = await record(t, 'process.exec', { ...watch, names: [] });
	const redacted = await record(t, 'process.exec', { ...watch, names: ['arguments'] });
	assert.equal(spawnSync(program, ['--password', 'sonde-secret']).status, 0);
	assert.ok(spawnSync(join(directory, 'missing'), ['sonde-secret']).error);
	await plain.trace.stop();
	await redacted.trace.stop();
	const seen = plain.events.map(({ payload }) =>
		payload?.$case === 'processExec' ? payload.value.args : [],
	);
	assert.deepEqual(seen, [
		[program, '--password', 'sonde-secret'],
		[join(directory, 'missing'), 'sonde-secret'],
	]);
	assert.deepEqual(
		payloadsOf(redacted.events),
		payloadsOf(plain.events).map((payload) => Object.assign({}, payload, { args: [], argsBytes: 0 })),
	);
	assert.ok(redacted.bytes.every((batch) => !batch.includes(MARK)));
});

test('addresses are blank, and ports are not', { skip: why('socket.bind') }, async (t) => {
	const filter = `process.tgid == ${process.pid} && address == ip("127.0.0.1")`;
	const { trace, events } = await record(t, 'socket.bind', { names: ['addresses'], filter });
	const socket = createSocket('udp4').bind(0, '127.0.0.1');
	await once(socket, 'listening');
	const { port } = socket.address();
	socket.close();
	await trace.stop();
	const [event] = events;
	assert.equal(events.length, 1);
	assert.ok(event?.payload?.$case === 'socketBind');
	assert.deepEqual(Buffer.from(event.payload.value.address), Buffer.alloc(16));
	assert.equal(event.payload.value.port, port);
	assert.equal(event.payload.value.ret, 0);
});

test('names and addresses that are looked up are blank', { skip: why('dns.lookup') }, async (t) => {
	const child = startChild(t, join(PACKAGE_ROOT, 'dist/test/e2e/user-calls'), ['lookups']);
	const caller = await waiting(child, '');
	const watch = { filter: `process.tgid == ${caller.pid} && size(bytes(host)) >= 0` };
	const plain = await record(t, 'dns.lookup', { ...watch, names: [] });
	const redacted = await record(t, 'dns.lookup', { ...watch, names: ['addresses'] });
	await caller.run();
	await plain.trace.stop();
	await redacted.trace.stop();
	assert.ok(plain.events.length > 10);
	const blank = {
		...{ host: '', hostRaw: undefined, service: '', serviceRaw: undefined, address: Buffer.alloc(16) },
		...{ hostTruncated: false, hostUnreadable: false, serviceTruncated: false, serviceUnreadable: false },
		// Each trace measures for itself.
		latencyNs: 0n,
	};
	assert.deepEqual(
		payloadsOf(redacted.events).map((payload) => Object.assign({}, payload, { latencyNs: 0n })),
		payloadsOf(plain.events).map((payload) => Object.assign({}, payload, blank)),
	);
});

test('the name of the thread is blank, whatever part of a filter asks for it', async (t) => {
	for (const asked of ['', 'process.comm != "" &&', '(process.comm != "" || ret > 0) &&']) {
		const filter = `${asked} process.tgid == ${process.pid} && path.startsWith("${PREFIX}")`;
		const { trace, events } = await record(t, 'file.open', { names: ['process.comm'], filter });
		openMissing('named');
		await trace.stop();
		const [event] = events;
		assert.equal(events.length, 1);
		assert.equal(event?.process?.comm, '');
		assert.equal(event?.process?.ppid, process.ppid);
		assert.ok((event?.process?.startBoottimeNs ?? 0n) > 0n);
	}
});

test('stacks are blank', { skip: why('sched.off_cpu') }, async (t) => {
	const watch = {
		filter: `process.tgid == ${process.pid}`,
		constants: [
			{ name: 'option_kernel_stack', bytes: Buffer.from([1]) },
			{ name: 'option_user_stack', bytes: Buffer.from([1]) },
		],
	};
	const redacted = await record(t, 'sched.off_cpu', { ...watch, names: ['sched.off_cpu.user_stack_id'] });
	await sleep(100);
	await redacted.trace.stop();
	const ids = redacted.events.map(({ payload }) =>
		payload?.$case === 'schedOffCpu' ? [payload.value.kernelStackId, payload.value.userStackId] : [],
	);
	assert.ok(ids.some(([kernel]) => kernel !== 0));
	assert.ok(ids.every(([, user]) => user === 0));
});

/** Fields from here on are bytes of the record. */
const FIRST_BYTE_FIELD = 1_000;

/** A plan that writes each byte of a record as a field of its own. */
function dumpPlan(id: string, recordBytes: number): Plan {
	const { steps, subject } = find(id).plan();
	const time = steps[0];
	assert.ok(time !== undefined);
	const bytes = Array.from(
		{ length: recordBytes },
		(_, offset) => ({ op: 'uint8', offset, tag: (FIRST_BYTE_FIELD + offset) << 3 }) as const,
	);
	return { steps: [time, ...bytes], subject };
}

/** The records that were in the ring, from what such a plan has made of them. */
function recordsOf(batches: readonly Buffer[], recordBytes: number): Buffer[] {
	const records: Buffer[] = [];
	for (const batch of batches) {
		const outer = new BinaryReader(batch);
		while (outer.pos < outer.len) {
			assert.equal(outer.tag()[0], EVENTS_FIELD);
			const dumped = Buffer.alloc(recordBytes);
			const inner = new BinaryReader(outer.bytes());
			while (inner.pos < inner.len) {
				const [field, wire] = inner.tag();
				if (field < FIRST_BYTE_FIELD) inner.skip(wire);
				else dumped[field - FIRST_BYTE_FIELD] = inner.uint32();
			}
			records.push(dumped);
		}
	}
	return records;
}

/** Where the texts of a probe's records begin. */
function tailOf(object: string, member: string): number {
	const { members } = native.structLayout(readObject(object), `${object}_event`);
	const offset = members.find(({ name }) => name === member)?.offset;
	assert.ok(offset !== undefined);
	return offset;
}

const OLD = `${PREFIX}old`;
const NEW = '/nonexistent/sonde/new';

for (const [what, id, object, tail, names, left, run] of [
	['the only text', 'file.open', 'file_open', '_path', ['paths'], EMPTY, () => openMissing('ring')],
	[
		'of two texts the first',
		'file.rename',
		'file_rename',
		'_old_path',
		['file.rename.old_path'],
		NEW,
		rename,
	],
	[
		'of two texts the second',
		'file.rename',
		'file_rename',
		'_old_path',
		['file.rename.new_path'],
		OLD,
		rename,
	],
] as const) {
	test(`${what} is not in the ring: a record has these bytes and no more`, async (t) => {
		const first = id === 'file.open' ? 'path' : 'old_path';
		const filter = `${first}.startsWith("${PREFIX}")`;
		const size = tailOf(object, tail) + left.length;
		const { trace, bytes } = await record(t, id, { names, filter, plan: dumpPlan(id, size) });
		const longer = await record(t, id, { names, filter, plan: dumpPlan(id, size + 1) });
		run();
		await trace.stop();
		await longer.trace.stop();
		assert.match(longer.trace.snapshot().failure, new RegExp(`^a record of ${size} bytes fits no probe`));
		const [found, ...others] = recordsOf(bytes, size);
		assert.equal(others.length, 0);
		assert.equal(found?.includes(MARK), left.includes(MARK.toString()));
		assert.deepEqual(found?.subarray(size - left.length), Buffer.from(left));
	});
}

function rename(): void {
	assert.throws(() => renameSync(OLD, NEW), { code: 'ENOENT' });
}

test('the kernel takes redactions of all classes and of all fields of every probe', async (t) => {
	const asIs: Watch = { names: [], filter: '' };
	let most = 0;
	for (const { id, redactable } of readCatalog()) {
		if (why(id) !== false) {
			t.diagnostic(`${id} is left out: ${why(id)}`);
			continue;
		}
		const before = await verified(id, asIs);
		for (const names of [[...REDACTION_CLASSES], [`${id}.*`, 'process.comm']]) {
			const compiled = compileFilter([], find(id).redaction(names));
			const fields = compiled.late?.blanked ?? [];
			if (fields.length === 0) continue;
			const after = await verified(id, { ...asIs, names });
			most = Math.max(most, after - before);
		}
		assert.equal(find(id).redaction([`${id}.*`, 'process.comm']).fields.length, redactable.length);
	}
	t.diagnostic(`the verifier walks at most ${most} instructions more`);
});

test('the kernel takes a redaction behind the largest filters', async () => {
	const filter = [
		`path.contains("${'ab'.repeat(32)}")`,
		'full_path.contains("cd")',
		...['size(path) > 5', 'size(full_path) < 4000', 'ret * 3 > 7'],
	].join(' || ');
	await verified('file.open', { names: ['paths', 'process.comm'], filter });
});

/** Instructions that the verifier walks for the largest program; 0 before 5.16. */
async function verified(id: string, watch: Watch): Promise<number> {
	const programs = await native.verifyProbe(await probeOf(id, watch));
	return Math.max(...programs.map(({ verifiedInstructions }) => verifiedInstructions));
}
