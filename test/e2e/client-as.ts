import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type SondeClient } from '../../clients/typescript/index.js';
import { issueCertificate } from '../../service/auth/certificates/certificates.js';
import type { KeyPair } from '../../service/auth/certificates/key-pair.js';
import type { Hooks } from './child.js';
import type { TestNode } from './node.js';

const HOUR_MS = 3_600_000;

/** The state directory of a node. */
export function stateOf({ identity }: TestNode): string {
	return join(identity, '../..');
}

/** The authority of a node. */
export function authorityOf(node: TestNode): KeyPair {
	const read = (file: string) => readFileSync(join(stateOf(node), file), 'utf8');
	return { cert: read('ca.pem'), key: read('ca.key') };
}

/** A certificate for spiffe://example.org/NAME, by default for an hour. */
export function issueFor(
	authority: KeyPair,
	name: string,
	notAfter = new Date(Date.now() + HOUR_MS),
): Promise<KeyPair> {
	return issueCertificate(authority, {
		commonName: name,
		subjectAltNames: [{ type: 'url', value: `spiffe://example.org/${name}` }],
		usage: 'client',
		notBefore: new Date(Date.now() - 2 * HOUR_MS),
		notAfter,
	});
}

/** A client of a node whose name is spiffe://example.org/NAME. */
export async function clientAs(t: Hooks, node: TestNode, name: string): Promise<SondeClient> {
	const authority = authorityOf(node);
	const identity = { ca: authority.cert, ...(await issueFor(authority, name)) };
	const client = connect({ address: node.address, identity });
	t.after(() => client.close());
	return client;
}
