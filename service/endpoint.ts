import { isIPv4 } from 'node:net';
import { Server } from '@grpc/grpc-js';
import { type Logger, pino } from 'pino';
import { CALL_LIMITS } from './abuse/call-limits.js';
import { createCallsInFlight } from './abuse/calls-in-flight.js';
import { createLoginDelay } from './abuse/login-delay.js';
import { createRefusals, type Refusals } from './abuse/refusals.js';
import { createRequestRate } from './abuse/request-rate.js';
import { createHealth } from './api/health.js';
import { addReflection } from './api/reflection.js';
import { readServedDescriptors } from './api/served-descriptors.js';
import type { CallAudit } from './audit/call-audit.js';
import { createAccess, type OpenService } from './auth/access.js';
import { type CredentialKeeper, keepCredentials } from './auth/certificates/keep-credentials.js';
import { loadCredentials } from './auth/certificates/load-credentials.js';
import type { NodeIdentities } from './auth/certificates/pki.js';
import { parseServerName } from './auth/certificates/server-names.js';
import { NO_TLS_FILES, type TlsFiles } from './auth/certificates/tls-files.js';
import { createTlsListener } from './auth/connections/tls-listener.js';
import { createUnixListener } from './auth/connections/unix-listener.js';
import { createAccessInterceptor } from './auth/interceptor.js';
import { createOpenCalls, type OpenCalls } from './auth/open-calls.js';
import type { TokenSettings } from './auth/tokens/token-config.js';
import type { TokenVerifier } from './auth/tokens/tokens.js';
import { loadNative } from './native.js';
import type { Policy } from './policy/policy.js';

/** A caller whose host is gone is noticed after these, and one that is killed while much is written to it (tls-listener.ts). */
const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
/** Time for streams to take their last messages at shutdown. */
const SHUTDOWN_MS = 5_000;

/** Of each principal. */
const DEFAULT_REQUESTS_PER_SECOND = 500;

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
	/** Callers without a certificate and token are let in as "anonymous". Only where that is loopback. */
	readonly allowAnonymous?: boolean;
	/** Services that need no caller. */
	readonly open?: readonly OpenService[];
	/** Of each principal. */
	readonly requestsPerSecond?: number | undefined;
	/** Longest time after which a failed login is answered. Default 10,000. */
	readonly loginDelayMs?: number | undefined;
	/** Issuers of bearer tokens. Default: none are taken. */
	readonly tokens?: TokenSettings;
	/** Names and addresses by which callers reach it, beside `host` and those that every host has. */
	readonly serverNames?: readonly string[];
	/** Default: all certificates are the node's own. */
	readonly tls?: TlsFiles;
}

/** What decides about callers, and what is said of them; made when the identities of the node are known. */
export type OpenRules = (
	identities: NodeIdentities,
	log: Logger,
) => Promise<{ readonly policy: { readonly current: Policy }; readonly audit: CallAudit }>;

/** A gRPC server over mutual TLS and, if wanted, a unix socket, with health and reflection. */
export interface Endpoint {
	readonly identities: NodeIdentities;
	readonly log: Logger;
	/** Calls that end when their callers may no longer make them. */
	readonly openCalls: OpenCalls;
	/** How often callers were turned away. */
	readonly refusals: Refusals;
	readonly audit: CallAudit;
	/** Renews certificates, and reads them and what has been revoked again when it changes. */
	readonly keeper: CredentialKeeper;
	/** Undefined: this node takes no tokens. */
	readonly tokens: TokenVerifier | undefined;
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
 * @throws Error with a message of one line.
 */
export async function createEndpoint(options: EndpointOptions, openRules: OpenRules): Promise<Endpoint> {
	const { host, port, stateDir, logLevel, serverNames = [], tls: files = NO_TLS_FILES } = options;
	const { unixSocket, allowAnonymous = false, open = [], tokens: issuers = [] } = options;
	const { requestsPerSecond = DEFAULT_REQUESTS_PER_SECOND } = options;
	if (allowAnonymous && !isLoopback(host)) {
		throw new Error(`anonymous callers are allowed on loopback only, and the node is to listen on ${host}`);
	}
	if (files.certificate !== undefined && serverNames.length > 0) {
		throw new Error(
			'server names are for the certificate that the node makes, and tls.certificate is another',
		);
	}
	const source = { stateDir, names: [host, ...serverNames.map(parseServerName)], files };
	const log = pino({ level: logLevel, base: null }, pino.destination({ fd: 2, sync: true }));
	const loaded = await loadCredentials(source, new Date());
	const { identities, credentials } = loaded;
	const refusals = createRefusals();
	const mayProveLater = allowAnonymous || open.length > 0 || issuers.length > 0;
	const listener = createTlsListener({ ...credentials, refusals, mayProveLater, log });
	const keeper = keepCredentials({ listener, source, loaded, log });
	const unix =
		unixSocket === undefined
			? undefined
			: createUnixListener({
					path: unixSocket,
					peerCredentials: loadNative().peerCredentials,
					refusals,
					log,
				});
	// Keys may change before there are calls.
	const watched: { calls?: OpenCalls } = {};
	const recheck = () => void watched.calls?.recheck();
	const tokens = await openTokens(issuers, log, recheck);
	const { policy, audit } = await openRules(identities, log);
	const access = createAccess({
		identityOf: (peer) => unix?.identityOf(peer) ?? listener.identityOf(peer),
		verifyToken: tokens?.verify,
		policy: () => policy.current,
		allowAnonymous,
		open,
	});
	const openCalls = createOpenCalls(access);
	watched.calls = openCalls;
	listener.onChange(recheck);
	const interceptor = createAccessInterceptor({
		access,
		requestRate: createRequestRate(requestsPerSecond),
		loginDelay: createLoginDelay(options.loginDelayMs),
		callsInFlight: createCallsInFlight(),
		openCalls,
		refusals,
		onRefusal: audit.refused,
		onAdmitted: listener.keep,
		log,
	});
	const server = new Server({
		interceptors: [interceptor],
		...CALL_LIMITS,
		'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
		'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
	});
	const health = createHealth();
	health.addTo(server);
	addReflection(server, { descriptorSet: readServedDescriptors() });
	return {
		identities,
		log,
		openCalls,
		refusals,
		audit,
		keeper,
		tokens,
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
			await keeper.stop();
			tokens?.close();
		},
	};
}

/** The library is loaded only where there are issuers. */
async function openTokens(
	issuers: TokenSettings,
	log: Logger,
	onChange: () => void,
): Promise<TokenVerifier | undefined> {
	if (issuers.length === 0) return undefined;
	const { createTokenVerifier } = await import('./auth/tokens/tokens.js');
	return createTokenVerifier(issuers, log, { onChange });
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
