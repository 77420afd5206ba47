import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { decodePerfetto } from '../../clients/cli/perfetto/test-decode.js';
import {
	Code,
	connect,
	decodeEnvelope,
	openRecording,
	type SondeClient,
	SondeError,
	StreamEventsResponseSchema,
	TraceState,
} from '../../clients/typescript/index.js';
import { type Ended, startChild } from './child.js';
import { startCliTrace, traceIds } from './cli-trace.js';
import { opensOf, readAll } from './collect.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { SONDE, sharedNode, temporaryDirectory } from './node.js';
import { openThreads, threadPaths } from './opens.js';

interface Recorded {
	readonly file: string;
	readonly pid: number;
	readonly traceId: string;
	/** Of sonde trace. */
	readonly ended: Ended;
	/** Of a second reader. */
	readonly received: readonly Uint8Array[];
}

const OPENS = 3_000;

/** A trace of known opens, recorded by the command while another client reads it. */
async function record(t: TestContext): Promise<Recorded> {
	const node = await sharedNode();
	const file = join(temporaryDirectory(t), 'recording');
	const opener = await openThreads(t, { threads: 3, count: OPENS / 3 });
	const args = ['--for', '2s', '-o', 'json', '--record', file, '--budget', 'none'];
	const { cli, traceId } = await startCliTrace(node, ...args);
	const received: Uint8Array[] = [];
	const reading = (async () => {
		for await (const message of node.client.streamRaw({ traceId })) received.push(message);
	})();
	await opener.run();
	const ended = await cli.ended;
	assert.equal(ended.code, 0, ended.stderr);
	await reading;
	return { file, pid: opener.pid, traceId, ended, received };
}

/** Runs a command that needs no node. */
function sonde(t: TestContext, ...args: string[]): Promise<Ended> {
	return startChild(t, SONDE, args).ended;
}

/** The messages of a recording. */
async function messagesOf(file: string): Promise<Uint8Array[]> {
	const recording = await openRecording(file);
	const messages: Uint8Array[] = [];
	for await (const { bytes } of recording.messages()) messages.push(bytes);
	await recording.close();
	return messages;
}

/** Where events are concerned, two readers of a trace get the same; what is said of their streams is each one's own. */
function batchesOf(messages: readonly Uint8Array[]) {
	return messages
		.map((bytes) => ({ bytes, ...decodeEnvelope(bytes) }))
		.filter(({ eventCount }) => eventCount > 0)
		.map(({ bytes, firstSequence, eventCount, cursor }) => ({
			...{ firstSequence, eventCount },
			cursor: Buffer.from(cursor).toString('hex'),
			events: Buffer.from(bytes).subarray(eventsOffset(bytes)).toString('hex'),
		}));
}

/** Where the events of a message begin, which are last. */
function eventsOffset(bytes: Uint8Array): number {
	const reader = new BinaryReader(bytes);
	while (reader.pos < reader.len) {
		const start = reader.pos;
		const [field, wireType] = reader.tag();
		if (field === StreamEventsResponseSchema.field.events.number) return start;
		reader.skip(wireType, field);
	}
	return reader.pos;
}

/** Serves a recording; the client is the administrator's. */
async function serve(t: TestContext, file: string): Promise<SondeClient> {
	// Before the hooks that kill: they run in this order.
	let stop = async () => {};
	t.after(() => stop());
	const state = temporaryDirectory(t);
	const child = startChild(t, SONDE, [
		'replay',
		file,
		'--serve',
		'--listen',
		'127.0.0.1:0',
		'--state',
		state,
	]);
	const [, port] = await child.untilStderr(/"port":(\d+)/);
	const client = connect({ address: `127.0.0.1:${port}`, identity: join(state, 'identities/admin') });
	stop = async () => {
		client.close();
		child.process.kill('SIGTERM');
		assert.equal((await child.ended).code, 0, child.stderr());
	};
	return client;
}

test('a recording holds what another reader gets, and is printed, converted and served as that', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const { file, pid, traceId, ended, received } = await record(t);
	const { client } = await sharedNode();

	await t.test('message by message', async () => {
		assert.equal(statSync(file).mode & 0o777, 0o600);
		const recording = await openRecording(file);
		t.after(() => recording.close());
		const { node, probes, trace } = recording.header;
		const { node: live } = await client.getNode();
		assert.deepEqual([node?.nodeId, node?.kernel], [live?.nodeId, live?.kernel]);
		assert.deepEqual([trace?.traceId, probes.map(({ id }) => id)], [traceId, ['file.open']]);
		const messages = await messagesOf(file);
		assert.deepEqual(batchesOf(messages), batchesOf(received));
		const last = messages.at(-1);
		assert.ok(last !== undefined);
		assert.equal(decodeEnvelope(last).records.at(-1)?.kind.case, 'ended');
	});

	await t.test('replay prints what trace printed', async () => {
		const replay = await sonde(t, 'replay', file, '-o', 'json');
		assert.deepEqual(replay, ended);
		const table = await sonde(t, 'replay', file);
		assert.match(table.stdout, /^TIME .*PATH\n/);
		assert.match(table.stdout, / ENOENT .*\/sonde\/0\/0\n/);
		assert.match((await sonde(t, 'replay', file, '-o', 'count')).stdout, /^events=\d+ /);
	});

	await t.test('convert makes JSON lines, CSV and a Perfetto trace', async () => {
		const events = ended.stdout.trimEnd().split('\n').length;
		assert.equal((await sonde(t, 'convert', file, '--to', 'jsonl')).stdout, ended.stdout);
		const csv = await sonde(t, 'convert', file, '--to', 'csv');
		const lines = csv.stdout.split('\r\n').filter((line) => line.includes(`,${pid},`));
		assert.ok(lines.length >= OPENS && csv.stdout.startsWith('probe,time_unix_nano,'));
		const out = join(temporaryDirectory(t), 'out');
		assert.equal((await sonde(t, 'convert', file, '--to', 'perfetto', '-O', out)).code, 0);
		const packets = decodePerfetto(readFileSync(out));
		assert.equal(packets.filter(({ trackEvent }) => trackEvent !== undefined).length, events);
		const again = await sonde(t, 'convert', file, '--to', 'perfetto', '-O', out);
		assert.equal(again.code, 1);
		assert.match(again.stderr, /^sonde: cannot write .*EEXIST/);
	});

	await t.test('a client reads it from a server as from the node', async (t) => {
		const served = await serve(t, file);
		const messages: Uint8Array[] = [];
		for await (const bytes of served.streamRaw({ traceId })) messages.push(bytes);
		const recorded = await messagesOf(file);
		assert.deepEqual(
			messages.map((bytes) => Buffer.from(bytes).toString('hex')),
			recorded.map((bytes) => Buffer.from(bytes).toString('hex')),
		);
		const paths = opensOf(await readAll(served, traceId), pid).map(({ open }) => open.path);
		assert.deepEqual(paths.filter((path) => path.startsWith('/sonde/')).sort(), threadPaths(3, OPENS / 3));

		const { trace } = await served.getTrace({ traceId });
		const { trace: live } = await client.getTrace({ traceId });
		assert.equal(trace?.state, TraceState.ENDED);
		assert.deepEqual(trace.accounting?.total, live?.accounting?.total);
		assert.deepEqual(await traceIds({ client: served }), [traceId]);
		assert.equal((await served.getNode()).node?.nodeId, (await client.getNode()).node?.nodeId);
		const probes: string[] = [];
		for await (const { id } of served.listProbes()) probes.push(id);
		assert.deepEqual(probes, ['file.open']);
	});

	await t.test('a reader of the server starts and ends where it likes', async (t) => {
		const served = await serve(t, file);
		const all = (await readAll(served, traceId)).flatMap(({ events }) => events);
		const read = async (request: Parameters<SondeClient['streamEvents']>[0]) => {
			const messages = [];
			for await (const message of served.streamEvents({ traceId, ...request })) messages.push(message);
			return messages;
		};
		const some = await read({ start: { case: 'afterSequence', value: 1_234n }, maxEvents: 700n });
		assert.equal(some.find(({ eventCount }) => eventCount > 0)?.firstSequence, 1_235n);
		assert.deepEqual(
			some.flatMap(({ events }) => events),
			all.slice(1_234, 1_934),
		);
		const batches = (await read({})).filter(({ eventCount }) => eventCount > 0);
		const { cursor = new Uint8Array(), eventCount = 0 } = batches[0] ?? {};
		const rest = await read({ start: { case: 'cursor', value: cursor } });
		assert.deepEqual(
			rest.flatMap(({ events }) => events),
			all.slice(eventCount),
		);
		await assert.rejects(read({ start: { case: 'afterSequence', value: BigInt(all.length) + 1n } }), {
			code: Code.OUT_OF_RANGE,
		});
		await assert.rejects(served.getTrace({ traceId: 'f'.repeat(32) }), { code: Code.NOT_FOUND });
	});

	await t.test('what only a node can do is refused', async (t) => {
		const served = await serve(t, file);
		for (const call of [
			served.startTrace({ probes: [{ probe: 'file.open' }] }),
			served.updateTrace({ traceId }),
			served.stopTrace({ traceId }),
			served.checkFilter({ filter: 'cpu == 0' }),
		]) {
			await assert.rejects(call, (error) => {
				assert.ok(error instanceof SondeError);
				assert.deepEqual([error.code, error.reason], [Code.FAILED_PRECONDITION, 'IS_RECORDING']);
				assert.match(error.message, /^this is a recording, not a node: /);
				return true;
			});
		}
	});

	await t.test('what is damaged is given up to the damage', async (t) => {
		const messages = await messagesOf(file);
		const damaged = join(temporaryDirectory(t), 'damaged');
		writeFileSync(damaged, readFileSync(file));
		truncateSync(damaged, statSync(file).size - 1);
		const events = ended.stdout.trimEnd().split('\n').length;
		const replay = await sonde(t, 'replay', damaged, '-o', 'json');
		assert.equal(replay.code, 1);
		assert.equal(replay.stdout, ended.stdout, 'only the last message is missing, which has no events');
		const place = `after ${messages.length - 1} messages with ${events} events: the file ends within a frame`;
		assert.match(replay.stderr, new RegExp(`^sonde: recording ${damaged} breaks at byte \\d+, ${place}\n$`));
		const convert = await sonde(t, 'convert', damaged, '--to', 'jsonl');
		assert.deepEqual(convert, replay);

		const served = await serve(t, damaged);
		let count = 0;
		await assert.rejects(
			(async () => {
				for await (const { eventCount } of served.streamEvents({ traceId })) count += eventCount;
			})(),
			{ code: Code.DATA_LOSS, reason: 'RECORDING_DAMAGED' },
		);
		assert.equal(count, events);
	});

	await t.test('a file that is there is not written to', async () => {
		const before = await traceIds({ client });
		const again = await (await sharedNode()).cli('trace', 'file.open', '--record', file).ended;
		assert.equal(again.code, 1);
		assert.equal(again.stderr, `sonde: cannot write the recording ${file}: the file exists already\n`);
		assert.deepEqual(await traceIds({ client }), before, 'nothing was started');
	});
});

test('a recording that cannot grow any further ends the trace and says why', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const node = await sharedNode();
	const file = join(temporaryDirectory(t), 'recording');
	const before = await traceIds(node);
	// The limit, in KiB, is the shell's and holds for what it becomes.
	const command = startChild(t, 'bash', [
		...['-c', 'ulimit -f 200; exec "$@"', 'bash', SONDE, 'trace', 'file.open', '-o', 'count'],
		...['--record', file, '--budget', 'none', '--node', node.address, '--identity', node.identity],
	]);
	let isOver = false;
	void command.ended.then(() => {
		isOver = true;
	});
	while (!isOver) await (await openThreads(t, { threads: 1, count: 2_000 })).run();
	const { code, stderr } = await command.ended;
	assert.equal(code, 1);
	assert.match(
		stderr,
		new RegExp(`^sonde: cannot write the recording ${file}: EFBIG: file too large, write\n$`),
	);
	const ours = (await traceIds(node)).filter((id) => !before.includes(id));
	assert.equal(ours.length, 1);
	const { trace } = await node.client.getTrace({ traceId: ours[0] ?? '' });
	assert.equal(trace?.state, TraceState.ENDED);
});

test('a recording of a trace that cannot be started leaves no file', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const node = await sharedNode();
	const file = join(temporaryDirectory(t), 'recording');
	const { code } = await node.cli('trace', 'no.such.probe', '--record', file).ended;
	assert.equal(code, 1);
	assert.equal(existsSync(file), false);
});

test('options of recordings that make no sense are refused', { skip: SKIP_IF_EMULATED }, async (t) => {
	const node = await sharedNode();
	const detached = await node.cli('trace', 'file.open', '--detach', '--record', '/x').ended;
	assert.equal(detached.code, 2);
	assert.match(detached.stderr, /--detach reads no events that --record could keep/);
	for (const [args, message] of [
		[['replay', 'x', '--listen', '127.0.0.1:0'], '--listen needs --serve'],
		[['replay', 'x', '--serve', '-o', 'json'], 'leave --output out'],
		[['convert', 'x'], "required option '--to <format>' not specified"],
	] as const) {
		const { code, stderr } = await sonde(t, ...args);
		assert.equal(code, 2, stderr);
		assert.ok(stderr.includes(message), stderr);
	}
});
