import { setTimeout as sleep } from 'node:timers/promises';
import type { SoakContext } from './context.js';
import type { Look, Monitor } from './monitor.js';
import { countOwnSockets, type ProcessFacts } from './process-facts.js';

/** What ended traces retain goes with their leases; a connection whose caller was killed, after 30 s (tls-listener.ts). */
const PATIENCE_MS = 45_000;
const POLL_MS = 250;

/** Waits until no trace runs and nothing is retained; gives the last look, whatever it shows. */
export async function untilIdle(monitor: Monitor, isIdle: (look: Look) => boolean): Promise<Look> {
	const deadline = performance.now() + PATIENCE_MS;
	for (;;) {
		const look = await monitor.look();
		if (isIdle(look) || performance.now() > deadline) return look;
		await sleep(POLL_MS);
	}
}

/** Of what the node has taken for traces and streams. */
export function takenBy({ load, facts }: Look): [name: string, amount: number | bigint][] {
	return [
		['load.traces', load.traces],
		['load.subscribers', load.subscribers],
		['load.map_bytes', load.mapBytes],
		['load.ring_bytes', load.ringBytes],
		['load.reserved_retention_bytes', load.reservedRetentionBytes],
		['load.retained_bytes', load.retainedBytes],
		['BPF programs', facts.programs.length],
		['BPF maps', facts.maps.length],
	];
}

/** What the node's process was before, and how many connections of any kind this process had then. */
export interface IdleFacts extends ProcessFacts {
	readonly ownSockets: number;
}

/** A look at an idle node. */
export interface IdleLook extends Look {
	/** Connections more than before that this process holds. */
	readonly keptByUs: number;
}

/** With all traces stopped: nothing is taken, and the process is as it was. */
export async function checkIdle(
	{ checks }: SoakContext,
	monitor: Monitor,
	before: IdleFacts,
	where: string,
): Promise<IdleLook> {
	const keptByUs = () => Math.max(0, countOwnSockets() - before.ownSockets);
	const isTaken = (look: Look) => takenBy(look).filter(([, amount]) => BigInt(amount) !== 0n);
	const look = await untilIdle(
		monitor,
		(each) =>
			isTaken(each).length === 0 &&
			each.facts.fds === before.fds + keptByUs() &&
			each.facts.threads <= before.threads,
	);
	const { facts } = look;
	checks.none(
		'givenBack',
		isTaken(look).map(([name, amount]) => `${name} is ${amount}`),
		where,
	);
	const expected = before.fds + keptByUs();
	checks.expect(
		'fds',
		facts.fds === expected,
		() => `${where}: ${facts.fds} (${facts.kinds}), were ${before.fds} (${before.kinds})`,
	);
	checks.expect(
		'threads',
		facts.threads <= before.threads,
		() => `${where}: ${facts.threads}, were ${before.threads}`,
	);
	return { ...look, keptByUs: keptByUs() };
}
