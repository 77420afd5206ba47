// A node, in this process: any bytes in the place of any call's request, sent over its endpoint. Whatever is wrong with them has
// a status of its own; INTERNAL is a fault of ours. In the input: the method, then the request, in which TRACE_ID stands for
// the id of a running trace. Traces that it starts are real, and are stopped at once.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { GetTraceResponse, StartTraceResponse } from '../../../service/gen/sonde/v1/trace_service.js';
import { runNode } from '../../../service/main.js';

const TRACE_ID = '00112233445566778899aabbccddeeff';
const TRACES = '/sonde.v1.TraceService/';
const NODE = '/sonde.v1.NodeService/';
const START = `${TRACES}StartTrace`;
const METHODS = [
	...[
		START,
		...['UpdateTrace', 'StopTrace', 'GetTrace', 'ListTraces', 'StreamEvents'].map((name) => TRACES + name),
	],
	...['GetNode', 'ListProbes', 'CheckFilter'].map((name) => NODE + name),
	...['Check', 'Watch'].map((name) => `/grpc.health.v1.Health/${name}`),
	...['v1', 'v1alpha'].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`),
];
/** Streams of a node that say nothing are left after this. */
const PATIENCE_MS = 20;
/** grpc-js ends a call with INTERNAL when its request is no message. */
const NOT_DECODED = 'Error deserializing request';

const stateDir = mkdtempSync(join(tmpdir(), 'sonde-fuzz-'));
process.on('exit', () => rmSync(stateDir, { recursive: true, force: true }));
const client = await startNode();
let traceId = '';

export async function fuzz(data: Buffer): Promise<void> {
	const [choice = 0] = data;
	const method = METHODS[choice % METHODS.length] ?? START;
	await ensureTrace();
	const answer = await call(method, withTraceId(data.subarray(1)));
	if (method === START && answer !== undefined)
		await stop(StartTraceResponse.decode(answer).trace?.traceId ?? '');
}

/** Updates and streams want one that runs; a request may have stopped it. */
async function ensureTrace(): Promise<void> {
	if (traceId !== '') {
		const answer = await call(`${TRACES}GetTrace`, traceRequest(traceId));
		if (answer !== undefined && GetTraceResponse.decode(answer).trace?.state === 2) return;
	}
	const answer = await call(START, Buffer.from('\x12\x0e\n\x0cprocess.exit', 'latin1'));
	if (answer === undefined) throw new Error('no trace could be started');
	traceId = StartTraceResponse.decode(answer).trace?.traceId ?? '';
}

async function stop(id: string): Promise<void> {
	await call(`${TRACES}StopTrace`, traceRequest(id));
}

/** GetTraceRequest and StopTraceRequest. */
function traceRequest(id: string): Buffer {
	return Buffer.from(`\n${String.fromCharCode(id.length)}${id}`);
}

function withTraceId(request: Buffer): Buffer {
	return Buffer.from(request.toString('latin1').replaceAll(TRACE_ID, traceId), 'latin1');
}

/** The first answer; undefined when it is refused or there is none. @throws for what no call may end with. */
function call(method: string, request: Buffer): Promise<Buffer | undefined> {
	return new Promise((resolve, reject) => {
		const same = (bytes: Buffer) => bytes;
		const stream = client.makeBidiStreamRequest(method, same, same);
		let first: Buffer | undefined;
		const timer = setTimeout(() => stream.cancel(), /Stream|Watch/.test(method) ? PATIENCE_MS : 60_000);
		stream.on('data', (answer: Buffer) => {
			first ??= answer;
			if (/Stream|Watch/.test(method)) stream.cancel();
		});
		stream.on('error', ({ code, details }: ServiceError) => {
			const isFault = code === status.UNKNOWN || code === status.UNAVAILABLE || code === status.DATA_LOSS;
			if (isFault || (code === status.INTERNAL && !details.startsWith(NOT_DECODED))) {
				reject(new Error(`${method}: ${status[code]}: ${details}`));
			}
		});
		stream.on('status', () => {
			clearTimeout(timer);
			resolve(first);
		});
		stream.write(request);
		stream.end();
	});
}

async function startNode(): Promise<Client> {
	const port = await freePort();
	const others = { metricsPort: undefined, configFile: undefined, policyFile: undefined, logLevel: 'error' };
	void runNode({ host: '127.0.0.1', port, stateDir, ...others });
	const pem = (name: string) => readFileSync(join(stateDir, 'identities/admin', name));
	for (;;) {
		try {
			const tls = credentials.createSsl(pem('ca.pem'), pem('key.pem'), pem('cert.pem'));
			const made = new Client(`127.0.0.1:${port}`, tls);
			await new Promise((resolve, reject) =>
				made.waitForReady(Date.now() + 30_000, (error) => (error ? reject(error) : resolve(undefined))),
			);
			return made;
		} catch (error) {
			// The node makes its identities first.
			if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}
}

function freePort(): Promise<number> {
	return new Promise((resolve) => {
		const server = createServer().listen(0, '127.0.0.1', () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
		});
	});
}
