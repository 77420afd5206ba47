import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import type { StreamEventsResponse } from '../../clients/typescript/index.js';
import type { Hooks } from '../e2e/child.js';
import { endedOf } from '../e2e/collect.js';
import { watch } from '../e2e/watch.js';
import { type Peer, PeerUnavailable, settled, startPeer } from './peer.js';
import { differences, type Row } from './row.js';

/** Something that is ready to be done. */
export interface Workload<K> {
	/** The process that does it. */
	readonly pid: number;
	/** Resolves with what tells its events from all others. */
	run(): Promise<K>;
}

/** What one tool can see of a probe's events. */
export interface View<K> {
	readonly peer: Peer;
	/** Our events of the workload as the tool can show them: each field or event that is left out has a comment that says why. */
	ours(messages: readonly StreamEventsResponse[], known: K): Row[];
	/** The tool's events of the workload. */
	theirs(output: string, known: K): Row[];
	/** Fewer would be a workload that did not run, or was not recognized. */
	readonly atLeast: number;
}

/** Each takes some seconds; a tool that does not end must not hold up the others. */
const MOST_MS = 60_000;

/** One test for each tool: the same workload is watched by both sides, and both have seen the same. */
export function compare<K>(
	probe: string,
	prepare: (t: Hooks) => Promise<Workload<K>>,
	views: readonly View<K>[],
): void {
	for (const view of views) {
		test(`${probe} beside ${view.peer.name}`, { timeout: MOST_MS }, async (t) => {
			try {
				await compareOne(t, probe, await prepare(t), view);
			} catch (error) {
				if (!(error instanceof PeerUnavailable)) throw error;
				t.skip(error.message);
			}
		});
	}
}

async function compareOne<K>(
	t: TestContext,
	probe: string,
	workload: Workload<K>,
	view: View<K>,
): Promise<void> {
	const peer = await startPeer(t, view.peer, workload.pid);
	const done: K[] = [];
	const messages = await watch([{ probe }], async () => {
		const known = await workload.run();
		done.push(known);
		await settled(() => view.theirs(peer.output(), known).length);
	});
	const [known] = done;
	assert.ok(known !== undefined);
	const { output, lacking } = await peer.stop();
	const missed = Number(endedOf(messages).accounting?.total?.missed ?? 0n);

	const ours = view.ours(messages, known);
	const { onlyOurs, onlyTheirs } = differences(ours, view.theirs(output, known));
	const summary =
		`${ours.length} events of ours, ${onlyOurs.length} not of ${view.peer.name} (it may lack ${lacking}), ` +
		`${onlyTheirs.length} only of ${view.peer.name} (we have counted ${missed} as missed)`;
	t.diagnostic(summary);
	const details = () => `${summary}\nonly ours: ${inspect(onlyOurs)}\nonly theirs: ${inspect(onlyTheirs)}`;
	assert.ok(ours.length + missed >= view.atLeast, `too few: ${details()}`);
	assert.ok(onlyTheirs.length <= missed && onlyOurs.length <= lacking, details());
}
