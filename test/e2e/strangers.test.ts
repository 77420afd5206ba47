import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { credentials, makeGenericClientConstructor, type ServiceError, status } from '@grpc/grpc-js';
import { Code, connect, SondeError } from '../../clients/typescript/index.js';
import { openIdentities } from '../../service/auth/certificates/pki.js';
import { NodeServiceService } from '../../service/gen/sonde/v1/node_service.js';
import { sharedNode, temporaryDirectory } from './node.js';

test('a caller with no certificate is UNAUTHENTICATED, and the log says so', async (t) => {
	const node = await sharedNode();
	const ca = readFileSync(join(node.identity, 'ca.pem'));
	// Our own client always has a certificate.
	const Client = makeGenericClientConstructor(NodeServiceService, 'NodeService');
	const client = new Client(node.address, credentials.createSsl(ca));
	t.after(() => client.close());
	const error = await new Promise<ServiceError | null>((resolve) => {
		client.makeUnaryRequest(
			NodeServiceService.getNode.path,
			NodeServiceService.getNode.requestSerialize,
			NodeServiceService.getNode.responseDeserialize,
			{},
			resolve,
		);
	});
	assert.equal(error?.code, status.UNAUTHENTICATED);
	assert.match(error?.details ?? '', /certificate/);
	await node.process.untilStderr(/"reason":"CERTIFICATE_MISSING".*"msg":"call refused"/);
	assert.notEqual((await node.client.getNode()).node?.nodeId, '');
});

test('a caller with a certificate of another authority is UNAUTHENTICATED, and the log says so', async (t) => {
	const node = await sharedNode();
	const foreign = await openIdentities(join(temporaryDirectory(t), 'foreign'));
	const read = (directory: string, file: string) => readFileSync(join(directory, file), 'utf8');
	const identity = {
		ca: read(node.identity, 'ca.pem'),
		cert: read(foreign.adminDirectory, 'cert.pem'),
		key: read(foreign.adminDirectory, 'key.pem'),
	};
	const client = connect({ address: node.address, identity });
	t.after(() => client.close());
	await assert.rejects(client.getNode(), (error) => {
		assert.ok(error instanceof SondeError);
		assert.equal(error.code, Code.UNAUTHENTICATED);
		assert.equal(error.reason, 'CERTIFICATE_NOT_TRUSTED');
		return true;
	});
	await node.process.untilStderr(/"reason":"CERTIFICATE_NOT_TRUSTED".*"msg":"call refused"/);
	assert.notEqual((await node.client.getNode()).node?.nodeId, '');
});

test('another protocol on the port is cut off, and the node goes on', async () => {
	const node = await sharedNode();
	const [host, port] = node.address.split(':');
	const socket = connectTcp(Number(port), host);
	socket.on('error', () => undefined);
	socket.end('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
	socket.resume();
	await once(socket, 'close');
	assert.notEqual((await node.client.getNode()).node?.nodeId, '');
});
