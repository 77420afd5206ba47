import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Code, connect } from '../../clients/typescript/index.js';
import { startChild } from './child.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { SONDE, sharedNode, startNode, temporaryDirectory } from './node.js';
import { FILE_OPEN } from './requests.js';

test('without the flag nobody is anonymous', async (t) => {
	const node = await sharedNode();
	const client = connect({
		address: node.address,
		identity: { ca: readFileSync(join(node.identity, 'ca.pem')) },
	});
	t.after(() => client.close());
	await assert.rejects(client.getNode(), { code: Code.UNAUTHENTICATED, reason: 'CERTIFICATE_MISSING' });
});

test('a node that allows it has anonymous callers, who are viewers', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const node = await startNode(t, '--allow-anonymous');
	const identity = temporaryDirectory(t);
	copyFileSync(join(node.identity, 'ca.pem'), join(identity, 'ca.pem'));
	const client = connect({ address: node.address, identity });
	t.after(() => client.close());
	assert.notEqual((await client.getNode()).node?.nodeId, '');
	const { trace } = await node.client.startTrace(FILE_OPEN);
	const traceId = trace?.traceId ?? '';
	assert.equal((await client.getTrace({ traceId })).trace?.traceId, traceId, 'viewers are shown all traces');
	const denied = { code: Code.PERMISSION_DENIED, reason: 'RPC_NOT_ALLOWED' };
	await assert.rejects(client.startTrace(FILE_OPEN), denied);
	await assert.rejects(client.stopTrace({ traceId }), denied);
	await assert.rejects(async () => {
		for await (const _ of client.streamEvents({ traceId }));
	}, denied);
	await node.client.stopTrace({ traceId });

	const args = ['probes', 'file.open', '--node', node.address, '--identity', identity];
	const { code, stdout, stderr } = await startChild(t, SONDE, args).ended;
	assert.equal(code, 0, stderr);
	assert.match(stdout, /file\.open/);
});

test('a certificate that is not trusted makes nobody anonymous', { skip: SKIP_IF_EMULATED }, async (t) => {
	const node = await startNode(t, '--allow-anonymous');
	const foreign = await startNode(t);
	const read = (name: string) => readFileSync(join(foreign.identity, name));
	const ca = readFileSync(join(node.identity, 'ca.pem'));
	const client = connect({
		address: node.address,
		identity: { ca, cert: read('cert.pem'), key: read('key.pem') },
	});
	t.after(() => client.close());
	await assert.rejects(client.getNode(), { code: Code.UNAUTHENTICATED, reason: 'CERTIFICATE_NOT_TRUSTED' });
	const liar = connect({ address: node.address, identity: { ca }, token: 'a.b.c' });
	t.after(() => liar.close());
	await assert.rejects(liar.getNode(), { code: Code.UNAUTHENTICATED, reason: 'TOKEN_NOT_VALID' });
});

test('anonymous callers from elsewhere are not allowed: such a node does not start', async (t) => {
	const state = temporaryDirectory(t);
	const args = ['serve', '--listen', '0.0.0.0:0', '--state', state, '--allow-anonymous'];
	const node = startChild(t, SONDE, args);
	// Not the end: a node that starts has none.
	await node.untilStderr(/\n/);
	assert.equal(
		node.stderr(),
		'sonde: anonymous callers are allowed on loopback only, and the node is to listen on 0.0.0.0\n',
	);
	assert.equal((await node.ended).code, 1);
});
