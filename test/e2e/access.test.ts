// Every method for every kind of principal, over the wire.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { loadReflectionDefinition } from '../../service/api/reflection-definition.js';
import { openIdentities } from '../../service/auth/certificates/pki.js';
import { AUDIENCE, ISSUER, keySetText, makeKey } from '../../service/auth/tokens/test-issuer.js';
import { CheckFilterRequest } from '../../service/gen/sonde/v1/node_service.js';
import {
	StartTraceRequest,
	StartTraceResponse,
	UpdateTraceRequest,
} from '../../service/gen/sonde/v1/trace_service.js';
import { KNOWN_RPCS } from '../../service/policy/rpcs.js';
import { ACCESS, METHODS, type Method, type Principal } from './access-table.js';
import { startChild } from './child.js';
import { authorityOf, issueFor, stateOf } from './client-as.js';
import { SKIP_IF_EMULATED } from './emulated.js';
import { SONDE, startNode, type TestNode, temporaryDirectory } from './node.js';

const HOUR_MS = 3_600_000;

/** How a principal calls. */
interface Caller {
	readonly client: Client;
	readonly token?: string;
}

test('every method gives every kind of principal what the table says', {
	skip: SKIP_IF_EMULATED,
}, async (t) => {
	const methods = METHODS.map((method) => method.replace(/ .*/, ''));
	assert.deepEqual([...new Set(methods)].sort(), [...KNOWN_RPCS].sort());
	const world = await startWorld(t);
	const owner = world.callers['the owner'];
	for (const principal of Object.keys(ACCESS) as Principal[]) {
		await t.test(principal, async () => {
			const found: Record<string, string> = {};
			for (const method of METHODS) {
				// Some of them end it.
				const isAnonymous = principal === 'anonymous, where it is allowed';
				const trace = await startTrace(isAnonymous ? world.ownerOfOpenNode : owner);
				found[method] = await call(world.callers[principal], method, trace);
				await call(isAnonymous ? world.ownerOfOpenNode : owner, 'TraceService/StopTrace', trace);
			}
			assert.deepEqual(found, ACCESS[principal]);
		});
	}
});

/** A node with a policy and an issuer of tokens, one that lets anybody in, and a way to call as each principal. */
async function startWorld(t: TestContext) {
	const directory = temporaryDirectory(t);
	chmodSync(directory, 0o755);
	const [key, wrongKey] = [await makeKey('k1'), await makeKey('k1')];
	writeFileSync(join(directory, 'keys.json'), keySetText(key));
	const policy = join(directory, 'policy.yaml');
	const config = join(directory, 'sonde.yaml');
	const socket = join(directory, 'sonde.sock');
	// A hundred refusals come from this address.
	const settings = `limits: {failed_login_delay_ms: 0}
authentication: {tokens: [{issuer: "${ISSUER}", audience: ${AUDIENCE}, keys: {file: "${directory}/keys.json"}}]}
`;
	writeFileSync(config, settings);
	writeFileSync(policy, POLICY);
	const node = await startNode(t, '--config', config, '--policy', policy, '--unix', socket);
	const open = await startNode(t, '--allow-anonymous');
	const authority = authorityOf(node);
	const foreign = await openIdentities(join(directory, 'foreign'));

	const certificate = (name: string, notAfter?: Date, by = authority) => issueFor(by, name, notAfter);
	const ca = readFileSync(join(node.identity, 'ca.pem'));
	const connect = (
		identity?: { readonly cert: string; readonly key: string },
		address = node.address,
		root = ca,
	) => {
		const [cert, secret] = identity ? [Buffer.from(identity.cert), Buffer.from(identity.key)] : [null, null];
		const channel = credentials.createSsl(root, secret, cert);
		return closing(t, new Client(address, channel, { 'grpc.use_local_subchannel_pool': 1 }));
	};
	const byToken = async (claims: Record<string, unknown>, signer = key): Promise<Caller> => ({
		client: connect(),
		token: await signer.sign(claims),
	});
	const role = async (name: string): Promise<Caller> => ({ client: connect(await certificate(name)) });

	const revoked = await revokedIdentity(t, node);
	const hourAgo = Math.floor(Date.now() / 1000) - 3_600;
	const operator = await certificate('operator');
	const foreignAuthority = { cert: foreign.ca, key: readFileSync(join(directory, 'foreign/ca.key'), 'utf8') };
	const callers: Record<Principal, Caller> = {
		'no certificate': { client: connect() },
		'an expired certificate': {
			client: connect(await certificate('operator', new Date(Date.now() - HOUR_MS))),
		},
		'a revoked certificate': { client: connect(revoked) },
		'a certificate of a foreign authority': {
			client: connect(await certificate('operator', undefined, foreignAuthority)),
		},
		'a token for another audience': await byToken({ groups: ['operators'], aud: 'other' }),
		'a token of another issuer': await byToken({ groups: ['operators'], iss: 'https://other.example' }),
		'an expired token': await byToken({ groups: ['operators'], iat: hourAgo - 60, exp: hourAgo }),
		'a token that nobody signed': await byToken({ groups: ['operators'] }, wrongKey),
		'an expired token beside a good certificate': {
			client: connect(operator),
			token: await key.sign({ groups: ['operators'], iat: hourAgo - 60, exp: hourAgo }),
		},
		'a certificate without a role': await role('nobody'),
		'a token without a role': await byToken({ groups: ['guests'] }),
		'another user on the unix socket': { client: await clientOfOtherUser(t, directory, socket) },
		'anonymous, where it is allowed': {
			client: connect(undefined, open.address, readFileSync(join(open.identity, 'ca.pem'))),
		},
		viewer: await role('viewer'),
		'viewer by token': await byToken({ groups: ['guests', 'viewers'] }),
		operator: { client: connect(operator) },
		'operator by token': await byToken({ groups: 'operators' }),
		'a tenant, who is shown no traces of others': await role('tenant'),
		'the owner': await role('owner'),
		admin: await role('admin'),
		'root on the unix socket': {
			client: closing(t, new Client(`unix:${socket}`, credentials.createInsecure())),
		},
	};
	const admin = (file: string) => readFileSync(join(open.identity, file), 'utf8');
	const ownerOfOpenNode: Caller = {
		client: connect(
			{ cert: admin('cert.pem'), key: admin('key.pem') },
			open.address,
			Buffer.from(admin('ca.pem')),
		),
	};
	return { callers, ownerOfOpenNode };
}

const POLICY = `
roles:
  tenant:
    rpcs: ["**"]
    probes: ["**"]
principals:
  - {name: spiffe://example.org/viewer, roles: [viewer]}
  - {name: spiffe://example.org/operator, roles: [operator]}
  - {name: spiffe://example.org/owner, roles: [operator]}
  - {name: spiffe://example.org/tenant, roles: [tenant]}
  - {name: spiffe://example.org/admin, roles: [admin]}
  - {name: spiffe://sonde/*/operator/late, roles: [operator]}
  - {name: "unix:uid=0", roles: [admin]}
  - {token: {issuer: "${ISSUER}", claims: {groups: viewers}}, roles: [viewer]}
  - {token: {issuer: "${ISSUER}", claims: {groups: operators}}, roles: [operator]}
`;

function closing(t: TestContext, client: Client): Client {
	t.after(() => client.close());
	return client;
}

/** One that the node's own command issued and took back. */
async function revokedIdentity(t: TestContext, node: TestNode) {
	const state = stateOf(node);
	for (const args of [
		['issue', 'late', '--role', 'operator'],
		['revoke', 'late'],
	]) {
		const { code, stderr } = await startChild(t, SONDE, ['identity', ...args, '--state', state]).ended;
		assert.equal(code, 0, stderr);
	}
	await node.process.untilStderr(/certificates and revocations reloaded/);
	const read = (file: string) => readFileSync(join(state, 'identities/late', file), 'utf8');
	return { cert: read('cert.pem'), key: read('key.pem') };
}

/** A tunnel that another user has made to the socket, which the node therefore takes for that user's. */
async function clientOfOtherUser(t: TestContext, directory: string, socket: string): Promise<Client> {
	const tunnel = join(directory, `tunnel-${randomBytes(4).toString('hex')}.sock`);
	chmodSync(directory, 0o777);
	const script = `
		const { createServer, connect } = require('node:net');
		createServer((near) => {
			const far = connect(${JSON.stringify(socket)});
			near.pipe(far).pipe(near);
			for (const end of [near, far]) end.on('error', () => { near.destroy(); far.destroy(); });
		}).listen(${JSON.stringify(tunnel)}, () => console.log('ready'));`;
	const args = ['--reuid', '12345', '--regid', '12345', '--clear-groups', process.execPath, '-e', script];
	await startChild(t, 'setpriv', args).untilStdout(/ready/);
	return closing(t, new Client(`unix:${tunnel}`, credentials.createInsecure()));
}

async function startTrace({ client, token }: Caller): Promise<string> {
	const bytes = await new Promise<Buffer>((resolve, reject) => {
		client.makeUnaryRequest(
			'/sonde.v1.TraceService/StartTrace',
			asIs,
			asIs,
			requestOf('TraceService/StartTrace', ''),
			metadataOf(token),
			(error, answer) => (answer ? resolve(answer) : reject(error)),
		);
	});
	return StartTraceResponse.decode(bytes).trace?.traceId ?? '';
}

const asIs = (bytes: Buffer) => bytes;

function metadataOf(token: string | undefined): Metadata {
	const metadata = new Metadata();
	if (token !== undefined) metadata.set('authorization', `Bearer ${token}`);
	return metadata;
}

function requestOf(method: Method, traceId: string): Buffer {
	const probe = {
		probe: 'process.exit',
		filter: 'process.tgid == 1',
		sampling: undefined,
		options: undefined,
	};
	switch (method) {
		case 'NodeService/CheckFilter':
			return Buffer.from(CheckFilterRequest.encode({ probe: '', filter: 'cpu == 0' }).finish());
		case 'TraceService/StartTrace':
			return Buffer.from(
				StartTraceRequest.encode({ ...StartTraceRequest.decode(new Uint8Array()), probes: [probe] }).finish(),
			);
		case 'TraceService/UpdateTrace':
			return Buffer.from(
				UpdateTraceRequest.encode({ ...UpdateTraceRequest.decode(new Uint8Array()), traceId }).finish(),
			);
		case 'TraceService/GetTrace':
		case 'TraceService/StreamEvents':
		case 'TraceService/StopTrace':
			// All of them have the id in their first field.
			return Buffer.concat([Buffer.from([0x0a, traceId.length]), Buffer.from(traceId)]);
		default:
			return Buffer.alloc(0);
	}
}

const PACKAGES: Readonly<Record<string, string>> = {
	Health: 'grpc.health.v1',
	NodeService: 'sonde.v1',
	TraceService: 'sonde.v1',
};

/** The name of the status that a call ends with; a stream that says something is OK. */
async function call(caller: Caller, method: Method, traceId: string): Promise<string> {
	const outcome = await (method.startsWith('ServerReflection')
		? askReflection(caller, method)
		: ask(caller, method, traceId));
	return status[outcome] ?? String(outcome);
}

function ask({ client, token }: Caller, method: Method, traceId: string): Promise<status> {
	const [service = ''] = method.split('/');
	const path = `/${PACKAGES[service]}.${method}`;
	const request = requestOf(method, traceId);
	const isStream = method === 'TraceService/StreamEvents' || method === 'Health/Watch';
	return new Promise((resolve) => {
		if (!isStream) {
			client.makeUnaryRequest(path, asIs, asIs, request, metadataOf(token), (error) =>
				resolve(error?.code ?? status.OK),
			);
			return;
		}
		const stream = client.makeServerStreamRequest(path, asIs, asIs, request, metadataOf(token));
		stream.once('data', () => {
			resolve(status.OK);
			stream.cancel();
		});
		stream.on('error', (error: ServiceError) => resolve(error.code));
	});
}

function askReflection({ client, token }: Caller, method: Method): Promise<status> {
	const version = method.endsWith('(v1)') ? 'v1' : 'v1alpha';
	const { path } = Object.values(loadReflectionDefinition(version))[0] ?? { path: '' };
	return new Promise((resolve) => {
		const stream = client.makeBidiStreamRequest(path, asIs, asIs, metadataOf(token));
		stream.once('data', () => {
			resolve(status.OK);
			stream.cancel();
		});
		stream.on('error', (error: ServiceError) => resolve(error.code));
		// Field 7, list_services: "*".
		stream.write(Buffer.from([0x3a, 1, 0x2a]));
	});
}
