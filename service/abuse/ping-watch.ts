import { constants, type ServerHttp2Session } from 'node:http2';

/** Pings without anything that they could be for, in a window; gRPC's own servers take two. */
const MAX_IDLE_PINGS = 100;
const WINDOW_MS = 10_000;
/** A frame header and eight bytes: what is sent for a ping. */
const PING_FRAME_BYTES = 17;

/**
 * Ends a session whose caller sends pings and nothing else, as gRPC has it: ENHANCE_YOUR_CALM, "too_many_pings". Clients
 * that measure a busy connection with pings are left alone: something has been sent to them between two of these.
 */
export function watchPings(session: ServerHttp2Session, onFlood: () => void): void {
	let idlePings = 0;
	let windowMs = performance.now();
	let bytesWritten = 0;
	session.on('ping', () => {
		const nowMs = performance.now();
		const written = session.socket?.bytesWritten ?? 0;
		const isBusy = written - bytesWritten > PING_FRAME_BYTES * 2;
		bytesWritten = written;
		if (isBusy || nowMs - windowMs > WINDOW_MS) {
			idlePings = 0;
			windowMs = nowMs;
		}
		idlePings++;
		if (idlePings <= MAX_IDLE_PINGS || session.destroyed) return;
		onFlood();
		session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from('too_many_pings'));
		session.destroy();
	});
}
