import { setTimeout as sleep } from 'node:timers/promises';
import { EndReason, type StreamEventsResponse } from '../../clients/typescript/index.js';
import { endedOf, readAll, violations } from '../e2e/collect.js';
import { openRawReader } from '../e2e/raw-reader.js';
import type { SoakContext } from './context.js';
import type { Random } from './random.js';
import { inScope } from './scope.js';

/** The node gives streams 5 seconds to take their last messages; the rest is for a machine that is busy. */
const IN_TIME_MS = 20_000;
const TRACES = 3;

/** Ends the node with SIGTERM while traces run and are read; maybe by one who takes nothing. */
export async function shutDown({ node, checks }: SoakContext, random: Random): Promise<void> {
	const stalls = random.chance(0.5);
	await inScope(async (scope) => {
		const traceIds: string[] = [];
		for (let i = 0; i < TRACES; i++) {
			const { trace } = await node.client.startTrace({ probes: [{ probe: 'file.open' }] });
			traceIds.push(trace?.traceId ?? '');
		}
		if (stalls) openRawReader(scope, node, { traceId: traceIds[0] ?? '' });
		const readings = traceIds.map((traceId) => readAll(node.streams, traceId));
		await sleep(random.int(1, 200));
		const startedMs = performance.now();
		node.process.process.kill('SIGTERM');
		const messages = await Promise.all(readings);
		const isOver = await Promise.race([node.process.ended, sleep(IN_TIME_MS, undefined, { ref: false })]);
		const tookMs = performance.now() - startedMs;
		checks.expect('shutdown', isOver !== undefined, () => `still runs after ${Math.round(tookMs)} ms`);
		if (isOver === undefined) return;
		checks.expect('shutdown', isOver.code === 0, () => `ended with ${isOver.code ?? isOver.signal}`);
		checks.none('shutdown', messages.flatMap(problemsOf), 'SIGTERM');
	});
}

function problemsOf(messages: readonly StreamEventsResponse[]): string[] {
	const { reason, accounting } = endedOf(messages);
	const problems = accounting === undefined ? ['no accounting'] : violations(accounting, true);
	if (reason !== EndReason.NODE_SHUTTING_DOWN) problems.push(`ended by ${EndReason[reason]}`);
	return problems;
}
