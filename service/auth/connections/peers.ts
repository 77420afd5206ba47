import type { TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import { afterMoment } from './at-moment.js';
import {
	atTime,
	type CertificateChain,
	chainOf,
	identifyPeer,
	type PeerIdentity,
	reviewPeer,
	type Trust,
} from './peer-identity.js';

/** The open connections, and who is at the other end of each. */
export interface Peers {
	has(peer: string): boolean;
	/** Adds a connection until it closes. */
	add(peer: string, socket: TLSSocket): void;
	/** A connection without a certificate that is not to end for this: its caller has proved an identity otherwise. */
	keep(peer: string): void;
	/** Undefined when there is no such connection. */
	identityOf(peer: string): PeerIdentity | undefined;
	/** Judges all connections by what is trusted from now on. */
	setTrust(trust: Trust): void;
	/** Calls back whenever connections have lost their identity. Gives what takes that back. */
	onChange(callback: () => void): () => void;
}

interface Peer {
	readonly socket: TLSSocket;
	readonly chain: CertificateChain | undefined;
	identity: PeerIdentity;
	/** Ends it. */
	timer?: NodeJS.Timeout;
}

interface PeersOptions {
	/** How long a connection without an identity is kept: time to be told why. */
	readonly refusedLifetimeMs: number;
	/** Whether a caller without a certificate can prove an identity with the first call, or needs none. */
	readonly mayProveLater: boolean;
}

/** There are none yet. */
export function createPeers(
	initial: Trust,
	{ refusedLifetimeMs, mayProveLater }: PeersOptions,
	log: Logger,
): Peers {
	let trust = initial;
	const peers = new Map<string, Peer>();
	const callbacks = new Set<() => void>();

	function end(peer: Peer, name: string, what: string, principal?: string): void {
		const { socket, identity } = peer;
		if (identity.kind === 'accepted') return;
		const { reason, message } = identity.error;
		const isExpected = mayProveLater && reason === 'CERTIFICATE_MISSING';
		log[isExpected ? 'debug' : 'warn']({ peer: name, principal, reason, cause: message }, what);
		peer.timer = setTimeout(() => socket.destroy(), refusedLifetimeMs);
		socket.on('close', () => clearTimeout(peer.timer));
	}

	/** Gives each connection the identity that it has now. */
	function review(judge: (peer: Peer) => PeerIdentity): void {
		let hasChanged = false;
		for (const [name, peer] of peers) {
			if (peer.identity.kind === 'refused') continue;
			const { name: principal } = peer.identity.identity;
			peer.identity = judge(peer);
			if (peer.identity.kind === 'accepted') continue;
			hasChanged = true;
			end(peer, name, 'a connection has lost its identity', principal);
		}
		if (hasChanged) for (const callback of callbacks) callback();
	}

	return {
		has: (peer) => peers.has(peer),

		add(name, socket) {
			const chain = chainOf(socket);
			const peer: Peer = { socket, chain, identity: identifyPeer(socket, chain, trust) };
			peers.set(name, peer);
			socket.on('close', () => peers.delete(name));
			end(peer, name, 'connection without a valid identity');
			if (peer.identity.kind === 'refused') return;
			const { validUntil } = peer.identity.identity;
			if (validUntil === undefined) return;
			const forget = afterMoment(validUntil, () => review(({ identity }) => atTime(identity, new Date())));
			socket.on('close', forget);
		},

		keep(name) {
			const peer = peers.get(name);
			if (peer?.identity.kind !== 'refused') return;
			// One that was revoked ends, whatever else its caller proves on it.
			if (peer.identity.error.reason === 'CERTIFICATE_MISSING') clearTimeout(peer.timer);
		},

		identityOf(name) {
			const identity = peers.get(name)?.identity;
			return identity && atTime(identity, new Date());
		},

		setTrust(next) {
			const before = trust;
			trust = next;
			review(({ identity, chain }) => (chain ? reviewPeer(identity, chain, next, before) : identity));
		},

		onChange(callback) {
			callbacks.add(callback);
			return () => callbacks.delete(callback);
		},
	};
}
