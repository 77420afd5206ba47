// Makes one call to a node and prints in JSON what came of it: for callers who are other users of this system.
import { Code, connect, type SondeClient, SondeError } from '../../clients/typescript/index.js';
import { FILE_OPEN } from './requests.js';

/** What came of a call. */
export interface Outcome {
	/** Canonical gRPC code; "OK" when there was an answer. */
	readonly code: string;
	/** Of google.rpc.ErrorInfo. */
	readonly reason: string;
	/** How many probes or messages, the id of the trace, or the ids of all, with commas; of a failure its message. */
	readonly text: string;
}

/** Calls, by name; those about a trace take its id. */
const CALLS = {
	listProbes: async ({ listProbes }: SondeClient) => count(listProbes()),
	startTrace: async ({ startTrace }: SondeClient) => (await startTrace(FILE_OPEN)).trace?.traceId ?? '',
	getTrace: async ({ getTrace }: SondeClient, traceId: string) =>
		(await getTrace({ traceId })).trace?.traceId ?? '',
	updateTrace: async ({ updateTrace }: SondeClient, traceId: string) =>
		(await updateTrace({ traceId, filter: '' })).trace?.traceId ?? '',
	streamEvents: async ({ streamEvents }: SondeClient, traceId: string) => count(streamEvents({ traceId })),
	stopTrace: async ({ stopTrace }: SondeClient, traceId: string) =>
		(await stopTrace({ traceId })).trace?.traceId ?? '',
	listTraces: async ({ listTraces }: SondeClient) => {
		const ids = [];
		for await (const { traceId } of listTraces()) ids.push(traceId);
		return ids.join();
	},
};

export type CallName = keyof typeof CALLS;

async function count(items: AsyncIterable<unknown>): Promise<string> {
	let found = 0;
	for await (const _ of items) found++;
	return String(found);
}

async function outcomeOf(answer: Promise<string>): Promise<Outcome> {
	try {
		return { code: 'OK', reason: '', text: await answer };
	} catch (error) {
		if (!(error instanceof SondeError)) throw error;
		return { code: Code[error.code], reason: error.reason, text: error.message };
	}
}

const [address = '', name = '', traceId = ''] = process.argv.slice(2);
const client = connect({ address });
const call = Object.entries(CALLS).find(([known]) => known === name)?.[1];
if (call === undefined) throw new Error(`there is no call ${name}`);
process.stdout.write(JSON.stringify(await outcomeOf(call(client, traceId))));
client.close();
