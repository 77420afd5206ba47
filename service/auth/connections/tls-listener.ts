import { constants } from 'node:crypto';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { type ConnectionInjector, type Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { networkOf } from '../../abuse/login-delay.js';
import { watchPings } from '../../abuse/ping-watch.js';
import type { Refusals } from '../../abuse/refusals.js';
import { type Credentials, checkCredentials, trustOf } from '../certificates/credentials.js';
import { holdSession, sessionOf } from './hold-session.js';
import { explainListenFailure } from './listen-error.js';
import type { PeerIdentity } from './peer-identity.js';
import { createPeers } from './peers.js';

export { ListenError } from './listen-error.js';

/** Time for the handshake, and then again for the first bytes of HTTP/2. */
const DEFAULT_HANDSHAKE_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_CONNECTIONS = 1_000;
const DEFAULT_MAX_CONNECTIONS_PER_ADDRESS = 256;
/** How long a caller without a valid certificate may hold a connection: time to be told why, not to use up slots. */
const REFUSED_LIFETIME_MS = 30_000;
/** Above the time after which a ping has been sent and answered: a living caller is never silent for so long (main.ts). */
const DEFAULT_SILENCE_MS = 25_000;
/** How often silence is looked at, in this time. */
const LOOKS_IN_SILENCE = 5;
/** Every HTTP/2 connection opens with these many bytes, before any request. */
const HTTP2_PREFACE_BYTES = 24;

interface TlsListenerOptions extends Credentials {
	readonly log: Logger;
	/** Default 10,000. */
	readonly handshakeTimeoutMs?: number;
	/** Further connections are closed at once. Default 1,000. */
	readonly maxConnections?: number;
	/** Of one address, or /64 of IPv6; further ones are closed at once. Default 256. */
	readonly maxConnectionsPerAddress?: number;
	/** Default 30,000. */
	readonly refusedLifetimeMs?: number;
	/** Whether a caller without a certificate can prove an identity with the first call, or needs none. */
	readonly mayProveLater?: boolean;
	/** Counts who is turned away. */
	readonly refusals: Refusals;
	/** A connection on which nothing comes for so long is ended. Default 25,000. */
	readonly silenceMs?: number;
}

/** Where to listen, and what to feed. */
export interface ListenOptions {
	readonly server: Server;
	readonly host: string;
	/** 0: any free one. */
	readonly port: number;
}

/**
 * Accepts TLS connections for a gRPC server and knows who is at the other end of each. grpc-js itself would drop a
 * caller without a valid certificate during the handshake, who would then see nothing but UNAVAILABLE.
 */
export interface TlsListener {
	/** @throws ListenError. */
	listen(options: ListenOptions): Promise<AddressInfo>;
	/** Who is at the other end of a connection, by `call.getPeer()`; undefined when it has been closed. */
	identityOf(peer: string): PeerIdentity | undefined;
	/**
	 * Takes other credentials for connections to come, and judges those that are open by them: who is still let in keeps
	 * his, who is not loses his identity at once and the connection soon after.
	 *
	 * @throws Error with part of a sentence when they cannot be used; then all stays as it was.
	 */
	replaceCredentials(credentials: Credentials): void;
	/**
	 * Calls back whenever open connections have lost their identity: a certificate has expired, or credentials were
	 * replaced. Gives what takes that back.
	 */
	onChange(callback: () => void): () => void;
	/** A call on a connection without a certificate was let in: it is kept. */
	keep(peer: string): void;
	/** Accepts no more connections; resolves when the last one has ended. May be called twice. */
	close(): Promise<void>;
	/** Ends all connections, at once. */
	destroyAll(): void;
}

/** Makes a listener; it is to be given to the interceptor of the server that `listen` feeds. */
export function createTlsListener(options: TlsListenerOptions): TlsListener {
	const { log, handshakeTimeoutMs: handshakeTimeout = DEFAULT_HANDSHAKE_TIMEOUT_MS } = options;
	const { refusedLifetimeMs = REFUSED_LIFETIME_MS, silenceMs = DEFAULT_SILENCE_MS } = options;
	const { mayProveLater = false, refusals } = options;
	const { maxConnectionsPerAddress = DEFAULT_MAX_CONNECTIONS_PER_ADDRESS } = options;
	const peers = createPeers(trustOf(options), { refusedLifetimeMs, mayProveLater }, log);
	const sockets = new Set<Socket>();
	const perAddress = new Map<string, number>();
	let injector: ConnectionInjector | undefined;

	const tls = createServer({
		...contextOf(options),
		requestCert: true,
		rejectUnauthorized: false,
		ALPNProtocols: ['h2'],
		handshakeTimeout,
	});
	tls.maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;

	tls.on('connection', (socket) => {
		sockets.add(socket);
		const address = networkOf(`${socket.remoteAddress}:${socket.remotePort}`);
		const count = (perAddress.get(address) ?? 0) + 1;
		perAddress.set(address, count);
		socket.on('close', () => {
			sockets.delete(socket);
			const left = (perAddress.get(address) ?? 0) - 1;
			if (left > 0) perAddress.set(address, left);
			else perAddress.delete(address);
		});
		if (count <= maxConnectionsPerAddress) return;
		refusals.count('connections_per_address');
		log.warn({ address, limit: maxConnectionsPerAddress }, 'connection refused: too many of this address');
		socket.destroy();
	});
	tls.on('drop', (data) => {
		const peer = `${data?.remoteAddress}:${data?.remotePort}`;
		refusals.count('connections');
		log.warn({ peer, limit: tls.maxConnections }, 'connection refused: too many connections');
	});
	tls.on('tlsClientError', (error, socket) => {
		refusals.count('handshake');
		log.warn({ peer: peerOf(socket), cause: handshakeCause(error) }, 'connection refused: no TLS handshake');
		// Node leaves a connection open whose handshake takes too long.
		socket.destroy();
	});

	tls.on('secureConnection', (socket) => {
		const peer = peerOf(socket);
		// A broken connection is the caller's business; without a listener it would end the process.
		socket.on('error', (error) => log.debug({ peer, cause: error.message }, 'connection broken'));
		const drop = (cause: string) => {
			refusals.count('handshake');
			log.warn({ peer, cause }, 'connection refused');
			socket.destroy();
		};
		if (socket.alpnProtocol !== 'h2') return drop('the caller offers no HTTP/2 (ALPN h2)');
		// One source port may reach several addresses of this host. The second connection must not get, nor
		// replace, the identity of the first.
		if (peer === undefined || peers.has(peer)) return drop('the address of the caller is in use or gone');

		peers.add(peer, socket);
		const timers = [
			setTimeout(() => {
				if (socket.bytesRead < HTTP2_PREFACE_BYTES) drop('the caller speaks no HTTP/2');
			}, handshakeTimeout),
			watchSilence(socket, silenceMs, () =>
				log.info({ peer }, 'connection ended: nothing comes from the caller any more'),
			),
		];
		socket.on('close', () => {
			for (const timer of timers) clearTimeout(timer);
		});
		injector?.injectConnection(socket);
		if (!holdSession(socket))
			log.warn({ peer }, 'the session of a connection was not found: see hold-session.ts');
		const session = sessionOf(socket);
		if (session !== undefined)
			watchPings(session, () => {
				refusals.count('ping_flood');
				log.warn({ peer }, 'connection ended: too many pings');
			});
	});

	return {
		listen: ({ server, host, port }) =>
			new Promise((resolve, reject) => {
				const fail = (error: Error) => reject(explainListenFailure(error, host, port));
				tls.once('error', fail);
				tls.listen({ host, port }, () => {
					tls.off('error', fail);
					tls.on('error', (error) => log.error({ err: error }, 'listener failed'));
					// Plaintext to grpc-js: the TLS ends here.
					injector = server.createConnectionInjector(ServerCredentials.createInsecure());
					const address = tls.address();
					if (address !== null && typeof address === 'object') resolve(address);
				});
			}),

		identityOf: (peer) => peers.identityOf(peer),

		replaceCredentials(credentials) {
			checkCredentials(credentials, new Date());
			const trust = trustOf(credentials);
			tls.setSecureContext(contextOf(credentials));
			peers.setTrust(trust);
		},

		onChange: (callback) => peers.onChange(callback),

		keep: (peer) => peers.keep(peer),

		close: () => new Promise((resolve) => tls.close(() => resolve())),

		destroyAll() {
			for (const socket of sockets) socket.destroy();
		},
	};
}

function contextOf({ cert, key, ca }: Credentials): TlsOptions {
	return {
		...{ cert, key, ca },
		minVersion: 'TLSv1.2',
		// A resumed session would bring the verdict on a certificate that may have expired since.
		secureOptions: constants.SSL_OP_NO_TICKET,
	};
}

/**
 * Ends a connection whose other end is gone. grpc-js ends its session when no ping is answered; but where the caller was
 * killed while much was written to it, Node waits for the end of a write that has failed, and keeps the connection for good.
 */
function watchSilence(socket: TLSSocket, silenceMs: number, onSilence: () => void): NodeJS.Timeout {
	let bytesRead = socket.bytesRead;
	let sinceMs = performance.now();
	return setInterval(() => {
		if (socket.bytesRead !== bytesRead) {
			bytesRead = socket.bytesRead;
			sinceMs = performance.now();
		} else if (performance.now() - sinceMs >= silenceMs) {
			onSilence();
			socket.destroy();
		}
	}, silenceMs / LOOKS_IN_SILENCE).unref();
}

/** As grpc-js writes it in `call.getPeer()`: IPv6 addresses have no brackets. */
function peerOf({ remoteAddress, remotePort }: TLSSocket): string | undefined {
	return remoteAddress === undefined || remotePort === undefined
		? undefined
		: `${remoteAddress}:${remotePort}`;
}

function handshakeCause(error: Error): string {
	const code = 'code' in error ? String(error.code) : error.message;
	switch (code) {
		case 'ERR_SSL_HTTP_REQUEST':
		case 'ERR_SSL_WRONG_VERSION_NUMBER':
		case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
			return 'the caller speaks no TLS';
		case 'ERR_SSL_NO_APPLICATION_PROTOCOL':
			return 'the caller offers no HTTP/2 (ALPN h2)';
		case 'ERR_TLS_HANDSHAKE_TIMEOUT':
			return 'the handshake took too long';
		case 'ECONNRESET':
			return 'the caller closed the connection';
		default:
			return code;
	}
}
