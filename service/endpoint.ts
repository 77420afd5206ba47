import { isIPv4 } from 'node:net';
import { Server } from '@grpc/grpc-js';
import { type Logger, pino } from 'pino';
import { createHealth } from './api/health.js';
import { addReflection } from './api/reflection.js';
import { readServedDescriptors } from './api/served-descriptors.js';
import { createAccess, type OpenService } from './auth/access.js';
import { createAccessInterceptor } from './auth/interceptor.js';
import { createOpenCalls, type OpenCalls } from './auth/open-calls.js';
import { type NodeIdentities, openIdentities } from './auth/pki.js';
import { createTlsListener } from './auth/tls-listener.js';
import { createUnixListener } from './auth/unix-listener.js';
import { loadNative } from './native.js';
import type { Policy } from './policy/policy.js';

/** A caller whose host is gone is noticed after these, and one that is killed while much is written to it (tls-listener.ts). */
const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
/** Time for streams to take their last messages at shutdown. */
const SHUTDOWN_MS = 5_000;

/** Where and as whom to serve. */
export interface EndpointOptions {
	readonly host: string;
	/** 0: any free one. */
	readonly port: number;
	readonly stateDir: string;
	/** One of pino's. The log goes to standard error, one JSON object a line. */
	readonly logLevel: string;
	/** Absolute path of a unix socket to listen on as well. */
	readonly unixSocket?: string | undefined;
	/** Callers without a certificate and token are let in as "anonymous". Only on loopback, and the unix socket. */
	readonly allowAnonymous?: boolean;
	/** Services that need no caller. */
	readonly open?: readonly OpenService[];
}

/** What decides about callers, made when the identities of the node are known. */
export type OpenPolicy = (identities: NodeIdentities, log: Logger) => Promise<{ readonly current: Policy }>;

/** A gRPC server over mutual TLS and, if wanted, a unix socket, with health and reflection. */
export interface Endpoint {
	readonly identities: NodeIdentities;
	readonly log: Logger;
	/** Calls that end when their callers may no longer make them. */
	readonly openCalls: OpenCalls;
	/** Gets its services before `listen`. */
	readonly server: Server;
	/** @throws ListenError. */
	listen(): Promise<{ readonly address: string; readonly port: number }>;
	/**
	 * Takes no more connections, waits for `endStreams`, gives callers some time for their last messages, and ends
	 * what is left.
	 */
	close(endStreams: () => Promise<void>): Promise<void>;
}

/**
 * Makes one. The first one of a state directory makes its authority.
 *
 * @throws StateDirectoryError; RangeError when anonymous callers would come from elsewhere; what `openPolicy` throws.
 */
export async function createEndpoint(options: EndpointOptions, openPolicy: OpenPolicy): Promise<Endpoint> {
	const { host, port, stateDir, logLevel, unixSocket, allowAnonymous = false, open = [] } = options;
	if (allowAnonymous && !isLoopback(host)) {
		throw new RangeError(`anonymous callers are allowed on loopback only, and the node listens on ${host}`);
	}
	const log = pino({ level: logLevel, base: null }, pino.destination({ fd: 2, sync: true }));
	const identities = await openIdentities(stateDir, { names: [host] });
	const listener = createTlsListener({ ...identities.server, ca: identities.ca, log });
	const unix =
		unixSocket === undefined
			? undefined
			: createUnixListener({ path: unixSocket, peerCredentials: loadNative().peerCredentials, log });
	const policy = await openPolicy(identities, log);
	const access = createAccess({
		identityOf: (peer) => unix?.identityOf(peer) ?? listener.identityOf(peer),
		verifyToken: undefined,
		policy: () => policy.current,
		allowAnonymous,
		open,
	});
	const server = new Server({
		interceptors: [createAccessInterceptor(access, () => {}, log)],
		'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
		'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
	});
	const health = createHealth();
	health.addTo(server);
	addReflection(server, { descriptorSet: readServedDescriptors() });
	return {
		identities,
		log,
		openCalls: createOpenCalls(access),
		server,
		async listen() {
			await unix?.listen(server);
			return listener.listen({ server, host, port });
		},
		async close(endStreams) {
			health.setNotServing();
			const closed = Promise.all([listener.close(), unix?.close()]);
			await endStreams();
			await shutDown(server, log);
			listener.destroyAll();
			unix?.destroyAll();
			await closed;
		},
	};
}

function isLoopback(host: string): boolean {
	return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

async function shutDown(server: Server, log: Logger): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<boolean>((resolve) => {
		timer = setTimeout(() => resolve(false), SHUTDOWN_MS);
	});
	const clean = new Promise<boolean>((resolve) => server.tryShutdown(() => resolve(true)));
	if (!(await Promise.race([clean, timeout])))
		log.warn('some streams did not take their last messages in time');
	clearTimeout(timer);
	server.forceShutdown();
}
