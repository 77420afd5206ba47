import type { EventBatch } from '../native.js';

/** A StreamEventsResponse that waits to be sent: its envelope, encoded, and events that many readers may share. */
export interface StreamMessage {
	readonly envelope: Uint8Array;
	/** Released when the message has been written. */
	readonly events: EventBatch | undefined;
}

let scratch = Buffer.alloc(1024 * 1024);

/**
 * The bytes of a message. They are valid only until the next call: grpc-js copies them at once, behind its own header,
 * and a buffer for each message would make the garbage collector a third of the node's work (measured).
 */
export function writeMessage({ envelope, events }: StreamMessage): Buffer {
	const length = envelope.length + (events?.byteLength ?? 0);
	if (length > scratch.length) scratch = Buffer.alloc(length);
	scratch.set(envelope, 0);
	events?.copy(scratch, envelope.length);
	events?.release();
	return scratch.subarray(0, length);
}
