import { Backpressure, Code, type SondeClient } from '../../clients/typescript/index.js';

/** A request that must be refused, and how. */
interface BadRequest {
	readonly code: Code;
	ask(client: SondeClient, traceId: string): Promise<unknown>;
}

const probes = [{ probe: 'file.open' }];
const UNKNOWN_ID = '0123456789abcdef0123456789abcdef';

/** One of each kind; what exactly the answers say is the matter of the end-to-end tests. */
export const BAD_REQUESTS: readonly BadRequest[] = [
	bad(Code.INVALID_ARGUMENT, (client) => client.startTrace({})),
	bad(Code.INVALID_ARGUMENT, (client) => client.startTrace({ probes: [{ probe: 'file.close' }] })),
	bad(Code.INVALID_ARGUMENT, (client) => client.startTrace({ probes, limits: { ringBytes: 1 } })),
	bad(Code.INVALID_ARGUMENT, (client) => client.startTrace({ probes, batch: { maxEvents: 0 } })),
	bad(Code.INVALID_ARGUMENT, (client) => client.startTrace({ probes, requestId: 'x'.repeat(100_000) })),
	bad(Code.INVALID_ARGUMENT, (client) =>
		client.startTrace({ probes: Array.from({ length: 1_000 }, () => ({ probe: 'file.open' })) }),
	),
	bad(Code.INVALID_ARGUMENT, (client) =>
		client.startTrace({ probes, backpressure: Backpressure.DROP_NEWEST }),
	),
	bad(Code.INVALID_ARGUMENT, (client) => client.startTrace({ probes, filter: 'ret < 0' })),
	bad(Code.INVALID_ARGUMENT, (client) =>
		client.startTrace({ probes: [{ probe: 'file.open', filter: 'path.matches("a")' }] }),
	),
	bad(Code.INVALID_ARGUMENT, (client) => client.checkFilter({ filter: 'process.uid ==' })),
	bad(Code.INVALID_ARGUMENT, (client) => client.checkFilter({ probe: 'file.shut', filter: 'true' })),
	bad(Code.NOT_FOUND, (client) => client.getTrace({ traceId: UNKNOWN_ID })),
	bad(Code.NOT_FOUND, (client) => client.stopTrace({ traceId: UNKNOWN_ID })),
	bad(Code.NOT_FOUND, (client) => all(client.streamEvents({ traceId: UNKNOWN_ID }))),
	bad(Code.INVALID_ARGUMENT, (client) => client.getTrace({ traceId: 'y'.repeat(1_000) })),
	bad(Code.INVALID_ARGUMENT, (client) => all(client.listTraces({ pageToken: 'nonsense' }))),
	bad(Code.INVALID_ARGUMENT, (client, traceId) =>
		client.updateTrace({ traceId, limits: { retentionBytes: 5 } }),
	),
	bad(Code.INVALID_ARGUMENT, (client, traceId) =>
		client.updateTrace({ traceId, probes: [{ probeIndex: 16, sampling: { sampleOneIn: 2 } }] }),
	),
	bad(Code.ABORTED, (client, traceId) => client.updateTrace({ traceId, expectedGeneration: 1_000n })),
	bad(Code.OUT_OF_RANGE, (client, traceId) =>
		all(client.streamEvents({ traceId, start: { case: 'afterSequence', value: 10n ** 15n } })),
	),
	bad(Code.INVALID_ARGUMENT, (client, traceId) =>
		all(client.streamEvents({ traceId, start: { case: 'cursor', value: Buffer.from('nonsense') } })),
	),
	bad(Code.INVALID_ARGUMENT, (client, traceId) =>
		all(client.streamEvents({ traceId, backpressure: Backpressure.PAUSE })),
	),
];

function bad(code: Code, ask: BadRequest['ask']): BadRequest {
	return { code, ask };
}

async function all(items: AsyncIterable<unknown>): Promise<void> {
	for await (const _ of items);
}
