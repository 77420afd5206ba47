import { Server } from '@grpc/grpc-js';
import { type Logger, pino } from 'pino';
import { createHealth } from './api/health.js';
import { addReflection } from './api/reflection.js';
import { readServedDescriptors } from './api/served-descriptors.js';
import { createAuthInterceptor } from './auth/interceptor.js';
import { type CredentialKeeper, keepCredentials } from './auth/keep-credentials.js';
import { loadCredentials } from './auth/load-credentials.js';
import type { NodeIdentities } from './auth/pki.js';
import { parseServerName } from './auth/server-names.js';
import { NO_TLS_FILES, type TlsFiles } from './auth/tls-files.js';
import { createTlsListener, type TlsListener } from './auth/tls-listener.js';

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
	/** Names and addresses by which callers reach it, beside `host` and those that every host has. */
	readonly serverNames?: readonly string[];
	/** Default: all certificates are the node's own. */
	readonly tls?: TlsFiles;
}

/** A gRPC server over mutual TLS, with health and reflection. */
export interface Endpoint {
	readonly identities: NodeIdentities;
	readonly log: Logger;
	readonly listener: TlsListener;
	/** Renews certificates, and reads them and what has been revoked again when it changes. */
	readonly keeper: CredentialKeeper;
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

/** Makes one. The first one of a state directory makes its authority. @throws Error with a message of one line. */
export async function createEndpoint(options: EndpointOptions): Promise<Endpoint> {
	const { host, port, stateDir, logLevel, serverNames = [], tls: files = NO_TLS_FILES } = options;
	if (files.certificate !== undefined && serverNames.length > 0) {
		throw new Error(
			'server names are for the certificate that the node makes, and tls.certificate is another',
		);
	}
	const source = { stateDir, names: [host, ...serverNames.map(parseServerName)], files };
	const log = pino({ level: logLevel, base: null }, pino.destination({ fd: 2, sync: true }));
	const loaded = await loadCredentials(source, new Date());
	const { identities, credentials } = loaded;
	const listener = createTlsListener({ ...credentials, log });
	const keeper = keepCredentials({ listener, source, loaded, log });
	const server = new Server({
		interceptors: [createAuthInterceptor(listener, log)],
		'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
		'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
	});
	const health = createHealth();
	health.addTo(server);
	addReflection(server, { descriptorSet: readServedDescriptors() });
	return {
		identities,
		log,
		listener,
		keeper,
		server,
		listen: () => listener.listen({ server, host, port }),
		async close(endStreams) {
			health.setNotServing();
			const closed = listener.close();
			await endStreams();
			await shutDown(server, log);
			listener.destroyAll();
			await closed;
			await keeper.stop();
		},
	};
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
