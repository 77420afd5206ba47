/** A message of a recording. */
export interface RecordedMessage {
	/** An encoded sonde.v1.StreamEventsResponse, as it came from the node that made it. */
	readonly bytes: Uint8Array;
	readonly firstSequence: bigint;
	readonly eventCount: number;
}

/** What is served of a recording. Whoever opened the file has looked at all of it. */
export interface RecordedTrace {
	/** An encoded sonde.v1.RecordingHeader; it names a trace. */
	readonly header: Uint8Array;
	/** The last message that is whole; undefined when there is none. */
	readonly last: RecordedMessage | undefined;
	/** Sequence of the oldest event that was recorded or is in a recorded gap; 1 when nothing was recorded. */
	readonly oldestSequence: bigint;
	/** Where the file breaks and why, in words; undefined when it is whole. */
	readonly damage: string | undefined;
	/** Whole messages, in order, from one that is not behind this event on; ends where the file breaks. */
	messagesFrom(sequence: bigint): AsyncIterable<RecordedMessage>;
}
