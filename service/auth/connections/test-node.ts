import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Server } from '@grpc/grpc-js';
import { type Logger, pino } from 'pino';
import { CALL_LIMITS } from '../../abuse/call-limits.js';
import { createCallsInFlight } from '../../abuse/calls-in-flight.js';
import { createLoginDelay } from '../../abuse/login-delay.js';
import { createRefusals, type Refusals } from '../../abuse/refusals.js';
import { createRequestRate } from '../../abuse/request-rate.js';
import type { Policy } from '../../policy/policy.js';
import { createAccess } from '../access.js';
import type { KeyPair } from '../certificates/key-pair.js';
import { type NodeIdentities, openIdentities } from '../certificates/pki.js';
import type { Identity } from '../identity.js';
import { createAccessInterceptor } from '../interceptor.js';
import { createOpenCalls, type OpenCalls } from '../open-calls.js';
import { testUser } from '../test-caller.js';
import { createTlsListener, type TlsListener } from './tls-listener.js';

/** A log line, as pino writes it. */
export interface LogLine {
	readonly msg: string;
	readonly [field: string]: unknown;
}

/** A gRPC server behind a TLS listener on a port of 127.0.0.1, with an authority of its own, for tests. */
export interface TestNode {
	readonly port: number;
	readonly stateDir: string;
	readonly identities: NodeIdentities;
	readonly admin: KeyPair;
	readonly listener: TlsListener;
	readonly refusals: Refusals;
	readonly openCalls: OpenCalls;
	readonly log: Logger;
	readonly lines: readonly LogLine[];
	/** Resolves with the first line that has this message. */
	logged(message: string): Promise<LogLine>;
}

/** How a test's node differs from the real one. */
export interface TestNodeOptions {
	readonly handshakeTimeoutMs?: number;
	readonly refusedLifetimeMs?: number;
	readonly silenceMs?: number;
	readonly maxConnections?: number;
	/** Default 1,000. */
	readonly requestsPerSecond?: number;
	/** Default: no tokens are taken. */
	readonly verifyToken?: (token: string) => Promise<Identity>;
	/** Whether the policy allows anything, as of now. Default: all. */
	readonly isAllowed?: () => boolean;
	readonly maxConnectionsPerAddress?: number;
	/** Default 127.0.0.1. */
	readonly host?: string;
	addServices?(server: Server): void;
}

/** Starts a node that ends with the test. */
export async function startTestNode(
	t: Pick<TestContext, 'after'>,
	{
		addServices,
		host = '127.0.0.1',
		requestsPerSecond = 1_000,
		isAllowed = () => true,
		verifyToken,
		...options
	}: TestNodeOptions = {},
): Promise<TestNode> {
	const stateDir = mkdtempSync(join(tmpdir(), 'sonde-node-'));
	const identities = await openIdentities(stateDir);
	const lines: LogLine[] = [];
	let onLine = () => {};
	const log = pino(
		{ level: 'debug' },
		{
			write(text: string) {
				lines.push(JSON.parse(text));
				onLine();
			},
		},
	);
	// Whom policies let in is tested elsewhere.
	const { roles } = testUser('anyone');
	const grants = [{ place: 'tests', text: 'anyone', matches: isAllowed, roles }];
	const policy: Policy = { source: 'tests', roles, grants };
	const refusals = createRefusals();
	const listener = createTlsListener({ ...identities.server, ca: identities.ca, refusals, log, ...options });
	const access = createAccess({
		identityOf: listener.identityOf,
		verifyToken,
		policy: () => policy,
		allowAnonymous: false,
		open: [],
	});
	const openCalls = createOpenCalls(access);
	listener.onChange(() => void openCalls.recheck());
	const interceptor = createAccessInterceptor({
		access,
		requestRate: createRequestRate(requestsPerSecond),
		loginDelay: createLoginDelay(),
		callsInFlight: createCallsInFlight(),
		openCalls,
		refusals,
		onRefusal: () => undefined,
		onAdmitted: () => undefined,
		log,
	});
	const server = new Server({ interceptors: [interceptor], ...CALL_LIMITS });
	addServices?.(server);
	const { port } = await listener.listen({ server, host, port: 0 });
	t.after(async () => {
		const closed = listener.close();
		server.forceShutdown();
		listener.destroyAll();
		await closed;
		rmSync(stateDir, { recursive: true });
	});
	return {
		port,
		stateDir,
		identities,
		admin: {
			cert: readFileSync(join(identities.adminDirectory, 'cert.pem'), 'utf8'),
			key: readFileSync(join(identities.adminDirectory, 'key.pem'), 'utf8'),
		},
		listener,
		refusals,
		openCalls,
		log,
		lines,
		logged: (message) =>
			new Promise((resolve) => {
				onLine = () => {
					const found = lines.find(({ msg }) => msg === message);
					if (found !== undefined) resolve(found);
				};
				onLine();
			}),
	};
}
