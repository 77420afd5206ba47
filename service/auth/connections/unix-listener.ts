import { existsSync, statSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { type ConnectionInjector, type Server, ServerCredentials } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { PeerCredentials } from '../../native.js';
import { holdSession } from './hold-session.js';
import { ListenError } from './listen-error.js';
import type { PeerIdentity } from './peer-identity.js';

/** Longest path that fits struct sockaddr_un, bytes. */
const MAX_PATH_BYTES = 107;
/** Whoever reaches the socket may ask; the policy decides by user. */
const SOCKET_MODE = 0o666;
/** Connections of one user; root's are not limited. */
const MAX_CONNECTIONS_PER_USER = 64;

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
	readonly log: Logger;
}

/** Makes a listener. */
export function createUnixListener({ path, peerCredentials, log }: UnixListenerOptions): UnixListener {
	const connections = new Map<string, { readonly socket: Socket; readonly uid: number }>();
	let accepted = 0;
	let injector: ConnectionInjector | undefined;
	const listener = createServer((socket) => {
		socket.on('error', (error) => log.debug({ path, cause: error.message }, 'connection broken'));
		const fd = descriptorOf(socket);
		if (fd === undefined) return socket.destroy();
		const { uid, gid, pid } = peerCredentials(fd);
		const ofUser = [...connections.values()].filter((connection) => connection.uid === uid).length;
		if (uid !== 0 && ofUser >= MAX_CONNECTIONS_PER_USER) {
			log.warn(
				{ path, uid, pid, limit: MAX_CONNECTIONS_PER_USER },
				'connection refused: too many of this user',
			);
			return socket.destroy();
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
		return undefined;
	});

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
