import { setTimeout as sleep } from 'node:timers/promises';
import { TraceState } from '../../clients/typescript/index.js';
import type { Child } from './child.js';
import type { TestNode } from './node.js';

/** A `sonde trace` that reads the trace that it started. */
export interface CliTrace {
	readonly cli: Child;
	readonly traceId: string;
}

/** Runs `sonde trace file.open` with more arguments; resolves when it reads its trace. */
export async function startCliTrace(node: TestNode, ...args: string[]): Promise<CliTrace> {
	const before = new Set(await traceIds(node));
	const cli = node.cli('trace', 'file.open', ...args);
	let hasEnded = false;
	void cli.ended.then(() => {
		hasEnded = true;
	});
	while (!hasEnded) {
		const ours = (await listTraces(node)).find(
			// Ended: it may have read all that it wanted before we looked.
			({ traceId, subscribers, state }) =>
				!before.has(traceId) && (subscribers === 1 || state === TraceState.ENDED),
		);
		if (ours !== undefined) return { cli, traceId: ours.traceId };
		await sleep(20);
	}
	throw new Error(`sonde trace ended before it read anything: ${cli.stderr()}`);
}

/** The traces of a node, oldest first. */
export async function traceIds(node: Pick<TestNode, 'client'>): Promise<string[]> {
	return (await listTraces(node)).map(({ traceId }) => traceId);
}

async function listTraces({ client }: Pick<TestNode, 'client'>) {
	const traces = [];
	for await (const trace of client.listTraces()) traces.push(trace);
	return traces;
}
