/** Where a recording breaks, and what was whole before. */
export interface Break {
	/** Offset of the first byte that is not part of something whole. */
	readonly offset: number;
	/** Whole messages before it. */
	readonly messages: number;
	/** Events in these. */
	readonly events: bigint;
	/** What is wrong there, in words. */
	readonly reason: string;
}

/** A recording that cannot be read, or not any further. */
export class RecordingError extends Error {
	override readonly name = 'RecordingError';
	/** Undefined when nothing of the file could be read, because it is not there, for example. */
	readonly break: Break | undefined;

	constructor(message: string, { place, cause }: { readonly place?: Break; readonly cause?: unknown } = {}) {
		super(message, { cause });
		this.break = place;
	}

	/** One for a file that breaks. */
	static at(file: string, place: Break): RecordingError {
		return new RecordingError(`recording ${file} ${describeBreak(place)}`, { place });
	}
}

/** For example "breaks at byte 912, after 2 messages with 45 events: the checksum of a frame is wrong". */
export function describeBreak({ offset, messages, events, reason }: Break): string {
	return `breaks at byte ${offset}, after ${count(messages, 'message')} with ${count(events, 'event')}: ${reason}`;
}

function count(number: number | bigint, thing: string): string {
	return `${number} ${thing}${BigInt(number) === 1n ? '' : 's'}`;
}
