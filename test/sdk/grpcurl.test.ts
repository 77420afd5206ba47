import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fromJson, type JsonValue } from '@bufbuild/protobuf';
import {
	Code,
	StartTraceResponseSchema,
	StopTraceResponseSchema,
	type StreamEventsResponse,
	StreamEventsResponseSchema,
	TraceState,
} from '../../clients/typescript/index.js';
import { startChild } from '../e2e/child.js';
import { opensOf, violations } from '../e2e/collect.js';
import { startNode, type TestNode } from '../e2e/node.js';
import { openThreads, threadPaths } from '../e2e/opens.js';
import { builtTool } from './built.js';

const { command, skip } = builtTool('grpcurl');

/** grpcurl against a node, with the administrator's identity and no file of the contract. */
function grpcurl(t: TestContext, { address, identity }: TestNode) {
	const pem = (name: string) => join(identity, `${name}.pem`);
	const tls = ['-cacert', pem('ca'), '-cert', pem('cert'), '-key', pem('key')];

	async function run(options: readonly string[], ...what: string[]): Promise<string> {
		const { code, stdout, stderr } = await startChild(t, command, [...tls, ...options, address, ...what])
			.ended;
		assert.equal(code, 0, stderr);
		return stdout;
	}

	return {
		run,
		/** Makes a call; gives the messages of its answer. */
		async call(method: string, request: JsonValue): Promise<JsonValue[]> {
			const stdout = await run(['-d', JSON.stringify(request)], method);
			return stdout.split(/^(?<=}\n)(?={)/m).map((message) => JSON.parse(message));
		},
	};
}

test('grpcurl finds the services and their messages by reflection', { skip }, async (t) => {
	const { run } = grpcurl(t, await startNode(t));
	assert.deepEqual((await run([], 'list')).trimEnd().split('\n'), [
		'grpc.health.v1.Health',
		'grpc.reflection.v1.ServerReflection',
		'grpc.reflection.v1alpha.ServerReflection',
		'sonde.v1.NodeService',
		'sonde.v1.TraceService',
	]);
	assert.match(await run([], 'describe', 'sonde.v1.TraceService'), /rpc StreamEvents .*returns \( stream /);
	const payload = await run([], 'describe', 'sonde.v1.FileOpen');
	assert.match(payload, /optional bytes path_raw = 4 /);
	assert.match(payload, /option \(\.sonde\.v1\.probe\) = \{\s+id: "file\.open"/);
});

test('grpcurl starts a trace, reads it, resumes with the cursor and stops it', { skip }, async (t) => {
	const node = await startNode(t);
	const { call } = grpcurl(t, node);
	const opener = await openThreads(t, { threads: 1, count: 200 });
	const [started = null] = await call('sonde.v1.TraceService/StartTrace', {
		probes: [{ probe: 'file.open' }],
	});
	const { traceId = '' } = fromJson(StartTraceResponseSchema, started).trace ?? {};
	await opener.run();

	const stream = async (request: { [field: string]: JsonValue }): Promise<StreamEventsResponse[]> => {
		const messages = await call('sonde.v1.TraceService/StreamEvents', { trace_id: traceId, ...request });
		return messages.map((message) => fromJson(StreamEventsResponseSchema, message));
	};
	const first = await stream({ max_events: 50 });
	assert.equal(
		first.reduce((sum, { eventCount }) => sum + eventCount, 0),
		50,
	);
	const [stopped = null] = await call('sonde.v1.TraceService/StopTrace', { trace_id: traceId });
	const { trace } = fromJson(StopTraceResponseSchema, stopped);
	assert.equal(trace?.state, TraceState.ENDED);
	const cursor = Buffer.from(first.at(-1)?.cursor ?? []).toString('base64');
	const rest = await stream({ cursor });
	assert.equal(rest[0]?.firstSequence, 51n);

	const paths = opensOf([...first, ...rest], opener.pid).map(({ open }) => open.path);
	assert.deepEqual(paths.sort(), threadPaths(1, 200));
	const ended = rest.at(-1)?.records.at(-1)?.kind;
	assert.ok(ended?.case === 'ended');
	assert.ok(ended.value.accounting !== undefined);
	assert.deepEqual(violations(ended.value.accounting, true), []);
	assert.deepEqual(ended.value.accounting.total, trace?.accounting?.total);
});

test('grpcurl shows why a call is refused', { skip }, async (t) => {
	const { call } = grpcurl(t, await startNode(t));
	await assert.rejects(
		call('sonde.v1.TraceService/StartTrace', { probes: [{ probe: 'file.opne' }] }),
		(error) => {
			assert.ok(error instanceof assert.AssertionError);
			assert.equal(error.actual, 64 + Code.INVALID_ARGUMENT);
			assert.match(error.message, /"@type": "type\.googleapis\.com\/google\.rpc\.BadRequest"/);
			assert.match(error.message, /"field": "probes\[0\]\.probe"/);
			assert.match(error.message, /"reason": "UNKNOWN_PROBE"/);
			return true;
		},
	);
});

test('grpcurl asks for the health of the node', { skip }, async (t) => {
	const { call } = grpcurl(t, await startNode(t));
	assert.deepEqual(await call('grpc.health.v1.Health/Check', {}), [{ status: 'SERVING' }]);
});
