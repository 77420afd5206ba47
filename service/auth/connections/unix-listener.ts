import { existsSync, statSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { type ConnectionInjector, type Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { watchPings } from '../../abuse/ping-watch.js';
import type { Refusals } from '../../abuse/refusals.js';
import type { PeerCredentials } from '../../native.js';
import { holdSession, sessionOf } from './hold-session.js';
import { ListenError } from './listen-error.js';
import type { PeerIdentity } from './peer-identity.js';

/** Longest path that fits struct sockaddr_un, bytes. */
const MAX_PATH_BYTES = 107;
/** Whoever reaches the socket may ask; the policy decides by user. */
const SOCKET_MODE = 0o666;
/** Connections of one user; root's are not limited. */
const MAX_CONNECTIONS_PER_USER = 64;
/** Of all users; root still gets in beyond them. */
const MAX_CONNECTIONS = 1_000;
/** Time for the first bytes of HTTP/2, and what they are at least. */
const PREFACE_TIMEOUT_MS = 10_000;
const HTTP2_PREFACE_BYTES = 24;

/** Accepts connections on a unix socket; the kernel says who makes each. */
export interface UnixListener {
	/** @throws ListenError. */
	listen(server: Server): Promise<void>;
	/** By `call.getPeer()`; undefined when it has been closed, or came by another listener. */
	identityOf(peer: string): PeerIdentity | undefined;
	/** Accepts no more connections; resolves when the last one has ended. */
	close(): Promise<void>;
	destroyAll(): void;
}

interface UnixListenerOptions {
	/** Absolute. */
	readonly path: string;
	/** SO_PEERCRED of a descriptor. */
	readonly peerCredentials: (fd: number) => PeerCredentials;
	readonly refusals: Refusals;
	readonly log: Logger;
}

/** Makes a listener. */
export function createUnixListener({
	path,
	peerCredentials,
	refusals,
	log,
}: UnixListenerOptions): UnixListener {
	const connections = new Map<string, { readonly socket: Socket; readonly uid: number }>();
	let accepted = 0;
	let injector: ConnectionInjector | undefined;
	const listener = createServer(accept);

	function accept(socket: Socket): void {
		socket.on('error', (error) => log.debug({ path, cause: error.message }, 'connection broken'));
		const credentials = credentialsOf(socket);
		if (credentials === undefined) {
			socket.destroy();
			return;
		}
		const { uid, gid, pid } = credentials;
		const ofUser = [...connections.values()].filter((connection) => connection.uid === uid).length;
		if (uid !== 0 && connections.size >= MAX_CONNECTIONS) {
			refusals.count('connections');
			log.warn({ path, uid, pid, limit: MAX_CONNECTIONS }, 'connection refused: too many connections');
			socket.destroy();
			return;
		}
		if (uid !== 0 && ofUser >= MAX_CONNECTIONS_PER_USER) {
			refusals.count('connections_per_address');
			log.warn(
				{ path, uid, pid, limit: MAX_CONNECTIONS_PER_USER },
				'connection refused: too many of this user',
			);
			socket.destroy();
			return;
		}
		accepted++;
		const peer = `unix:uid=${uid},gid=${gid},pid=${pid}#${accepted}`;
		// grpc-js calls a peer without an address "unknown"; so it names this one, and each by a name of its own.
		Object.defineProperty(socket, 'remoteAddress', { value: peer });
		connections.set(peer, { socket, uid });
		socket.on('close', () => connections.delete(peer));
		injector?.injectConnection(socket);
		if (!holdSession(socket))
			log.warn({ peer }, 'the session of a connection was not found: see hold-session.ts');
		const timer = setTimeout(() => {
			if (socket.bytesRead >= HTTP2_PREFACE_BYTES) return;
			refusals.count('handshake');
			log.warn({ peer, cause: 'the caller speaks no HTTP/2' }, 'connection refused');
			socket.destroy();
		}, PREFACE_TIMEOUT_MS);
		socket.on('close', () => clearTimeout(timer));
		const session = sessionOf(socket);
		if (session !== undefined)
			watchPings(session, () => {
				refusals.count('ping_flood');
				log.warn({ peer }, 'connection ended: too many pings');
			});
	}

	/** Undefined: the caller has gone already. */
	function credentialsOf(socket: Socket): PeerCredentials | undefined {
		const fd = descriptorOf(socket);
		try {
			return fd === undefined ? undefined : peerCredentials(fd);
		} catch (error) {
			log.warn({ path, err: error }, 'connection refused: it is not known who calls');
			return undefined;
		}
	}

	return {
		async listen(server) {
			if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
				throw new ListenError(
					`the path of the unix socket has ${Buffer.byteLength(path)} bytes, must have at most ${MAX_PATH_BYTES}: ${path}`,
				);
			}
			await removeStale(path);
			injector = server.createConnectionInjector(ServerCredentials.createInsecure());
			await new Promise<void>((resolve, reject) => {
				const fail = (error: Error) =>
					reject(new ListenError(`cannot listen on ${path}: ${error.message}`, { cause: error }));
				listener.once('error', fail);
				listener.listen(path, () => {
					listener.off('error', fail);
					listener.on('error', (error) => log.error({ err: error }, 'listener failed'));
					resolve();
				});
			});
			await chmod(path, SOCKET_MODE);
		},
		identityOf(peer) {
			const connection = connections.get(peer);
			if (connection === undefined) return undefined;
			const name = `unix:uid=${connection.uid}`;
			return { kind: 'accepted', identity: { name, kind: 'unix', validUntil: undefined, claims: {} } };
		},
		// Node removes the file.
		close: () => new Promise((resolve) => listener.close(() => resolve())),
		destroyAll() {
			for (const { socket } of connections.values()) socket.destroy();
		},
	};
}

/** Node has no public way to it. */
function descriptorOf(socket: Socket): number | undefined {
	const handle: unknown = Reflect.get(socket, '_handle');
	const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
	return typeof fd === 'number' && fd >= 0 ? fd : undefined;
}

/** A node that was killed leaves its socket behind. */
async function removeStale(path: string): Promise<void> {
	if (!existsSync(path)) return;
	if (!statSync(path).isSocket())
		throw new ListenError(`cannot listen on ${path}: it is there, and no socket`);
	const isInUse = await new Promise<boolean>((resolve) => {
		const probe = connect(path);
		probe.once('connect', () => {
			probe.destroy();
			resolve(true);
		});
		probe.once('error', () => resolve(false));
	});
	if (isInUse) throw new ListenError(`cannot listen on ${path}: another process listens there`);
	await rm(path, { force: true });
}
