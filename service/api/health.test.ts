import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { createHealth } from './health.js';

const SERVING = 1;
const NOT_SERVING = 2;

test('health answers for the node and each service, until it is set to not serving', async (t) => {
	const server = new Server();
	const health = createHealth();
	health.addTo(server);
	const port = await new Promise<number>((resolve, reject) => {
		server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
			error ? reject(error) : resolve(bound),
		);
	});
	const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
	t.after(() => {
		client.close();
		server.forceShutdown();
	});
	const check = (service: string) =>
		new Promise<number>((resolve) => {
			client.makeUnaryRequest(
				'/grpc.health.v1.Health/Check',
				// HealthCheckRequest.service is field 1.
				(name: string) => Buffer.concat([Buffer.of(0x0a, name.length), Buffer.from(name)]),
				(bytes: Buffer) => bytes[1] ?? 0,
				service,
				new Metadata(),
				(error, answer) => resolve(error ? -error.code : (answer ?? 0)),
			);
		});
	const names = ['', 'sonde.v1.TraceService', 'sonde.v1.NodeService'];
	assert.equal(await check('sonde.v1.None'), -status.NOT_FOUND);
	for (const name of names) assert.equal(await check(name), SERVING, name);
	health.setNotServing();
	for (const name of names) assert.equal(await check(name), NOT_SERVING, name);
});
