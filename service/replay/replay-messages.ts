import { ServiceError } from '../error.js';
import { cutMessage } from './cut-message.js';
import type { RecordedMessage, RecordedTrace } from './recorded-trace.js';

/** What a stream wants of a recording. */
export interface ReplayRequest {
	/** Sequence of the first event. */
	readonly start: bigint;
	/** 0n: no limit. */
	readonly maxEvents: bigint;
}

/**
 * The messages for a stream: as they were recorded, but for the first and the last one where the stream begins or ends in
 * the middle of it.
 *
 * @throws ServiceError RECORDING_DAMAGED after the last whole one, when the file breaks there.
 */
export async function* replayMessages(
	recorded: RecordedTrace,
	{ start, maxEvents }: ReplayRequest,
): AsyncGenerator<Uint8Array, void, undefined> {
	let sent = 0n;
	let gap =
		start < recorded.oldestSequence ? { first: start, last: recorded.oldestSequence - 1n } : undefined;
	for await (const message of recorded.messagesFrom(start)) {
		if (isBefore(message, start)) continue;
		const skip = start > message.firstSequence ? Number(start - message.firstSequence) : 0;
		const take = maxEvents === 0n ? message.eventCount : Number(maxEvents - sent);
		yield cutMessage(message, { skip, take, ...(gap !== undefined && { gap }) });
		gap = undefined;
		sent += BigInt(Math.min(take, message.eventCount - skip));
		if (maxEvents !== 0n && sent >= maxEvents) return;
	}
	if (recorded.damage !== undefined) throw new ServiceError('RECORDING_DAMAGED', recorded.damage);
}

/** A message without events belongs to the event that comes next. */
function isBefore({ firstSequence, eventCount }: RecordedMessage, start: bigint): boolean {
	return eventCount === 0 ? firstSequence < start : firstSequence + BigInt(eventCount) <= start;
}
