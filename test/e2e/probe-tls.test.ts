// tls.data: real connections of OpenSSL and GnuTLS, and every field of what is seen of them.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import {
	type StreamEventsResponse,
	TlsData_Direction,
	TlsData_Library,
	TlsData_Symbol,
} from '../../clients/typescript/index.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from './child.js';
import { endedOf, eventsOf } from './collect.js';
import { failure } from './failure.js';
import { sharedNode, startNode, type TestNode, temporaryDirectory } from './node.js';
import { type Opener, waiting } from './opens.js';
import { watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/tls-calls');
const FROM_CLIENT = Buffer.from('from the client \xff', 'latin1');
const LARGE_BYTES = 20_000;
/** Of one record. */
const RECORD_BYTES = 16_384;
const CONTENT_BYTES = 300;
const MESSAGE_BYTES = 1_000;
const GNUTLS_E_PREMATURE_TERMINATION = -110;

function tlsCalls(t: TestContext, ...args: readonly string[]): Promise<Opener> {
	return waiting(startChild(t, PROGRAM, args), '');
}

/** Why calls of a library cannot be seen here; false if they can. */
async function unavailable(library: string): Promise<string | false> {
	const { client } = await sharedNode();
	for await (const { id, available, unavailableReason, attachPoints } of client.listProbes()) {
		if (id !== 'tls.data') continue;
		if (!available) return unavailableReason;
		return attachPoints.some((point) => point.includes(library)) ? false : `no ${library} on this node`;
	}
	throw new Error('the catalogue has no probe tls.data');
}

/** A node whose configuration allows content. */
function allowingNode(t: TestContext): Promise<TestNode> {
	const file = join(temporaryDirectory(t), 'sonde.yaml');
	writeFileSync(file, 'tls_content: true\n');
	return startNode(t, '--config', file);
}

function linesOf(messages: readonly StreamEventsResponse[], pid: number) {
	return eventsOf(messages, 'tlsData')
		.filter(({ event }) => event.process?.tgid === pid)
		.map(({ payload: { direction, library, symbol, latencyNs, ...rest } }) => {
			assert.ok(latencyNs > 0n);
			assert.equal(rest.contentUnreadable, false);
			return {
				what: [TlsData_Direction[direction], TlsData_Library[library], TlsData_Symbol[symbol]].join(' '),
				numbers: [rest.session, rest.requestedBytes, rest.transferredBytes, rest.ret],
				content: Buffer.from(rest.content).toString('latin1'),
				truncated: rest.contentTruncated,
			};
		});
}

test('tls.data: the functions of OpenSSL, without content', async (t) => {
	const skip = await unavailable('libssl.so.3');
	if (skip !== false) return t.skip(skip);
	const caller = await tlsCalls(t, 'openssl');
	let printed = '';
	const messages = await watch([{ probe: 'tls.data' }], async () => {
		printed = await caller.run();
	});
	const [client = 0n, server = 0n] = printed.trim().split(' ').map(BigInt);
	const of = (what: string, ...numbers: readonly (number | bigint)[]) => ({
		what,
		numbers: numbers.map(BigInt),
		content: '',
		truncated: false,
	});
	assert.deepEqual(linesOf(messages, caller.pid), [
		of('SENT OPENSSL SSL_WRITE', client, 17, 17, 17),
		of('RECEIVED OPENSSL SSL_READ', server, 100, 17, 17),
		of('SENT OPENSSL SSL_WRITE_EX', server, LARGE_BYTES, LARGE_BYTES, 1),
		of('RECEIVED OPENSSL SSL_READ_EX', client, 400, 400, 1),
		of('RECEIVED OPENSSL SSL_READ_EX', client, LARGE_BYTES, RECORD_BYTES - 400, 1),
		of('RECEIVED OPENSSL SSL_READ', server, 100, 0, -1),
		of('RECEIVED OPENSSL SSL_READ_EX', server, 100, 0, 0),
	]);
});

test('tls.data: content where the node allows it, up to what was asked for', async (t) => {
	const skip = await unavailable('libssl.so.3');
	if (skip !== false) return t.skip(skip);
	const node = allowingNode(t);
	await node;
	for (const contentBytes of [CONTENT_BYTES, RECORD_BYTES]) {
		const caller = await tlsCalls(t, 'openssl');
		const options = { case: 'tlsData', value: { contentBytes } } as const;
		const messages = await watch(
			[{ probe: 'tls.data', options }],
			async () => {
				await caller.run();
			},
			node,
		);
		const large = (bytes: number) => ['y'.repeat(Math.min(bytes, contentBytes)), bytes > contentBytes];
		assert.deepEqual(
			linesOf(messages, caller.pid).map(({ content, truncated }) => [content, truncated]),
			[
				[FROM_CLIENT.toString('latin1'), false],
				[FROM_CLIENT.toString('latin1'), false],
				large(LARGE_BYTES),
				large(400),
				large(RECORD_BYTES - 400),
				['', false],
				['', false],
			],
		);
	}
});

test('tls.data: content that the node does not allow, or too much of it, is refused', async (t) => {
	const skip = await unavailable('lib');
	if (skip !== false) return t.skip(skip);
	const { client } = await sharedNode();
	const start = (contentBytes: number) =>
		failure(
			client.startTrace({
				probes: [{ probe: 'tls.data', options: { case: 'tlsData', value: { contentBytes } } }],
			}),
		);
	const denied = await start(1);
	assert.equal(denied.reason, 'CONTENT_NOT_ALLOWED');
	assert.match(
		denied.message,
		/probes\[0\]\.options\.tls_data\.content_bytes is 1, must be 0: this node does not/,
	);
	const tooMany = await start(RECORD_BYTES + 1);
	assert.equal(tooMany.reason, 'INVALID_FIELD');
	assert.match(tooMany.message, /content_bytes is 16,385, must be 0 to 16,384/);
});

test('tls.data: the functions of GnuTLS', async (t) => {
	const skip = await unavailable('libgnutls.so.30');
	if (skip !== false) return t.skip(skip);
	const caller = await tlsCalls(t, 'gnutls');
	let printed = '';
	const messages = await watch([{ probe: 'tls.data' }], async () => {
		printed = await caller.run();
	});
	const [client = 0n, server = 0n, end] = printed.trim().split(/\s+/).map(BigInt);
	assert.equal(end, BigInt(GNUTLS_E_PREMATURE_TERMINATION));
	assert.deepEqual(
		linesOf(messages, caller.pid).map(({ what, numbers }) => [what, ...numbers]),
		[
			['SENT GNUTLS GNUTLS_RECORD_SEND', client, 14n, 14n, 14n],
			['RECEIVED GNUTLS GNUTLS_RECORD_RECV', server, 100n, 14n, 14n],
			['RECEIVED GNUTLS GNUTLS_RECORD_RECV', server, 100n, 0n, end],
		],
	);
});

test('tls.data: 8 threads on one CPU, and no content is mixed up with another, or lost without being counted', async (t) => {
	const skip = await unavailable('libssl.so.3');
	if (skip !== false) return t.skip(skip);
	const threads = 8;
	const count = 1_000;
	const node = allowingNode(t);
	await node;
	const caller = await tlsCalls(t, 'threads', String(threads), '0', String(count));
	const options = { case: 'tlsData', value: { contentBytes: MESSAGE_BYTES } } as const;
	const messages = await watch(
		[{ probe: 'tls.data', options }],
		async () => {
			await caller.run();
		},
		node,
	);
	const seen = new Set<string>();
	for (const { what, content, truncated } of linesOf(messages, caller.pid)) {
		const [start = '', thread = '', number = ''] = /^thread (\d+) message (\d+) /.exec(content) ?? [];
		const filler = String.fromCharCode(97 + (Number(thread) % 26));
		assert.equal(content, start.padEnd(MESSAGE_BYTES, filler));
		assert.ok(start !== '' && Number(thread) < threads && Number(number) < count && !truncated);
		assert.ok(!seen.has(`${what} ${start}`), 'none is doubled');
		seen.add(`${what} ${start}`);
	}
	const { total } = endedOf(messages).accounting ?? {};
	const lost = BigInt(2 * threads * count - seen.size);
	const counted = (total?.startLost ?? 0n) + (total?.ringFull ?? 0n) + (total?.rateLimited ?? 0n);
	assert.ok(counted >= lost, `${lost} were lost, ${counted} counted`);
	t.diagnostic(`${lost} of ${2 * threads * count} lost, ${counted} counted`);
});
