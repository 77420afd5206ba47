import assert from 'node:assert/strict';
import type { MessageInitShape } from '@bufbuild/protobuf';
import type { ProbeSpecSchema, StreamEventsResponse } from '../../clients/typescript/index.js';
import { endedOf, stopAndRead, violations } from './collect.js';
import { sharedNode, type TestNode } from './node.js';
import { NO_LIMITS } from './requests.js';

/** A probe, with or without a filter and options. */
export interface Watched {
	readonly probe: string;
	readonly filter?: string;
	readonly options?: NonNullable<MessageInitShape<typeof ProbeSpecSchema>['options']>;
}

/** All that these probes see while something runs. Whatever became of each event, the sums agree. */
export async function watch(
	probes: readonly Watched[],
	run: () => Promise<void>,
	node: Promise<TestNode> = sharedNode(),
): Promise<StreamEventsResponse[]> {
	const { client } = await node;
	const { trace } = await client.startTrace({
		probes: [...probes],
		limits: { ...NO_LIMITS, ringBytes: 33_554_432, retentionBytes: 268_435_456 },
	});
	await run();
	const messages = await stopAndRead(client, trace?.traceId ?? '');
	const { accounting } = endedOf(messages);
	assert.ok(accounting !== undefined);
	assert.deepEqual(violations(accounting, true), []);
	return messages;
}

/** Why this node cannot run a probe, for a test to be skipped; false if it can. */
export async function unavailable(id: string): Promise<string | false> {
	const { client } = await sharedNode();
	for await (const probe of client.listProbes()) {
		if (probe.id === id) return probe.available ? false : probe.unavailableReason;
	}
	throw new Error(`the catalogue has no probe ${id}`);
}
