import type { MessageInitShape } from '@bufbuild/protobuf';
import type { StartTraceRequestSchema, StreamEventsResponse } from './gen/sonde/v1/trace_service_pb.js';
import type { SondeClient } from './sonde-client.js';
import { Code, SondeError } from './sonde-error.js';
import type { StreamOptions } from './transport.js';

type Calls = Pick<SondeClient, 'startTrace' | 'stopTrace' | 'streamEvents'>;

/**
 * Starts a trace, yields its batches, and stops it when the iteration is left in whatever way, so that nothing of it
 * stays on the node. Ends by itself when the trace ends.
 *
 * @throws SondeError when a call fails, or the signal's reason when it aborts.
 */
export async function* runTraceSession(
	client: Calls,
	request: MessageInitShape<typeof StartTraceRequestSchema>,
	{ signal }: StreamOptions,
): AsyncGenerator<StreamEventsResponse, void, undefined> {
	signal?.throwIfAborted();
	// Not given the signal: a start that is cancelled half way could leave a trace that nobody knows the id of.
	const { trace } = await client.startTrace(request);
	if (trace === undefined)
		throw new SondeError(Code.INTERNAL, 'the node started a trace without saying which');
	const { traceId } = trace;
	let ended = false;
	let failed = false;
	try {
		for await (const message of client.streamEvents({ traceId }, { signal })) {
			ended = ended || message.records.some(({ kind }) => kind.case === 'ended');
			yield message;
		}
	} catch (error) {
		// After an abort the reason is no news to the caller, but a failing stop is.
		failed = !signal?.aborted;
		throw error;
	} finally {
		if (!ended) {
			const stopped = client.stopTrace({ traceId });
			// An error that is already on its way says more than the one of the stop after it.
			await (failed ? stopped.catch(() => undefined) : stopped);
		}
	}
}
