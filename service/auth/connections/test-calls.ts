import type { TestContext } from 'node:test';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import type { KeyPair } from '../certificates/key-pair.js';
import type { TestNode } from './test-node.js';

export const HEALTH_CHECK = '/grpc.health.v1.Health/Check';

/** A client of a test's node that lets messages pass as they are; it ends with the test. */
export function connectTo(
	t: Pick<TestContext, 'after'>,
	{ port, identities }: Pick<TestNode, 'port' | 'identities'>,
	identity?: KeyPair,
): Client {
	const channel = credentials.createSsl(
		Buffer.from(identities.ca),
		identity ? Buffer.from(identity.key) : null,
		identity ? Buffer.from(identity.cert) : null,
	);
	// Each has a connection of its own.
	const client = new Client(`127.0.0.1:${port}`, channel, { 'grpc.use_local_subchannel_pool': 1 });
	t.after(() => client.close());
	return client;
}

/** Calls the health check and gives its answer, "SERVING" as bytes, or what it failed with. */
export function checkHealth(
	t: Pick<TestContext, 'after'>,
	node: Pick<TestNode, 'port' | 'identities'>,
	identity?: KeyPair,
): Promise<unknown[]> {
	return healthBy(connectTo(t, node, identity));
}

/** The same on a connection that is there. */
export function healthBy(client: Client): Promise<unknown[]> {
	const asIs = (bytes: Buffer) => bytes;
	return new Promise((resolve) => {
		client.makeUnaryRequest(HEALTH_CHECK, asIs, asIs, Buffer.alloc(0), new Metadata(), (error, answer) => {
			resolve(error ? [error.code, error.details] : [status.OK, ...(answer ?? [])]);
		});
	});
}
