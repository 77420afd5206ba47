import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

/**
 * Keeps the native half of the HTTP/2 session on a socket for as long as the socket lives.
 *
 * Node drops its last reference to it when the session closes, although a write may be under way. If the garbage collector
 * comes before the write is done, the process crashes: SIGSEGV in nghttp2_session_want_read, called by
 * Http2Session::OnStreamAfterWrite (seen with 20.20.2, when a client went away while it was being sent to). There is no
 * public way to that object, so this looks for it by the name of its class.
 *
 * @returns whether it was found.
 */
export function holdSession(socket: Socket): boolean {
	const session = sessionOf(socket);
	const native = session && memberOfClass(session, 'Http2Session');
	if (native === undefined) return false;
	held.add(native);
	// Writes that fail with the socket are over when it has closed; those of the same turn a turn later.
	socket.once('close', () => setImmediate(() => held.delete(native)));
	return true;
}

/** The HTTP/2 session on a socket. Node has no public way to that of a connection which another library serves. */
export function sessionOf(socket: Socket): ServerHttp2Session | undefined {
	const session = memberOfClass(socket, 'ServerHttp2Session');
	return session as ServerHttp2Session | undefined;
}

const held = new Set<object>();

function memberOfClass(holder: object, name: string): object | undefined {
	for (const key of Reflect.ownKeys(holder)) {
		const value: unknown = Reflect.get(holder, key);
		if (typeof value === 'object' && value !== null && value.constructor?.name === name) return value;
	}
	return undefined;
}
