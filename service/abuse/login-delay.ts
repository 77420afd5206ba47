import { isIPv6 } from 'node:net';

/** So many failures cost nothing: a wrong file, a clock that is behind. */
const FREE_FAILURES = 5;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
/** After so long without a failure all are forgotten. */
const FORGET_MS = 300_000;
/** Answers that may wait for one address. */
const MAX_WAITING = 32;
/** Addresses that are remembered; the one that failed longest ago goes first. */
const MAX_ADDRESSES = 10_000;

/** Answers failed logins the later, the more of them an address has made. Those that succeed are not slowed. */
export interface LoginDelay {
	/**
	 * Counts one, and calls `answer` when it is time; `tooMany` at once where already too many answers wait.
	 *
	 * @param peer as `call.getPeer()` gives it.
	 */
	failed(peer: string, answer: () => void, tooMany: () => void): void;
}

/**
 * Nobody has failed yet.
 *
 * @param longestMs 0: all are answered at once.
 * @param nowMs for tests.
 */
export function createLoginDelay(longestMs = LONGEST_DELAY_MS, nowMs = () => performance.now()): LoginDelay {
	const addresses = new Map<string, { failures: number; atMs: number; waiting: number }>();
	return {
		failed(peer, answer, tooMany) {
			const address = networkOf(peer);
			const atMs = nowMs();
			let entry = addresses.get(address);
			if (entry === undefined || atMs - entry.atMs > FORGET_MS) entry = { failures: 0, atMs, waiting: 0 };
			entry.failures++;
			entry.atMs = atMs;
			addresses.delete(address);
			addresses.set(address, entry);
			const [oldest] = addresses.keys();
			if (addresses.size > MAX_ADDRESSES && oldest !== undefined) addresses.delete(oldest);
			const delayMs = Math.min(longestMs, delayAfter(entry.failures));
			if (delayMs === 0) return answer();
			if (entry.waiting >= MAX_WAITING) return tooMany();
			entry.waiting++;
			const held = entry;
			setTimeout(() => {
				held.waiting--;
				answer();
			}, delayMs).unref();
		},
	};
}

/** ms */
export function delayAfter(failures: number): number {
	if (failures <= FREE_FAILURES) return 0;
	// Beyond that the power would only get too large.
	const doublings = Math.min(failures - FREE_FAILURES - 1, 20);
	return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** doublings);
}

/** Who is counted as one: an IPv4 address, a /64 of IPv6, a user of the unix socket. */
export function networkOf(peer: string): string {
	const unix = /^unix:uid=\d+/.exec(peer);
	if (unix !== null) return unix[0];
	const address = peer.slice(0, peer.lastIndexOf(':'));
	const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
	if (mapped !== undefined) return mapped;
	return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address;
}

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): string[] {
	const [head = '', tail] = address.split('%')[0]?.split('::') ?? [];
	const before = head === '' ? [] : head.split(':');
	const after = tail === undefined || tail === '' ? [] : tail.split(':');
	const missing = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
	return [...before, ...Array.from({ length: missing }, () => '0'), ...after];
}
