import type { StreamEventsResponse, Trace } from '../typescript/index.js';

/** One way of showing the events of a trace. */
export interface TraceOutput {
	/** Decodes a message of the stream, as far as this output needs it. */
	decode(message: Uint8Array): StreamEventsResponse;
	/** Before the first message. */
	begin(trace: Trace): Promise<void>;
	/** Shows a message, and waits until it is handed on. */
	show(message: StreamEventsResponse, byteLength: number): Promise<void>;
	/** After the last one. */
	end(): Promise<void>;
}
