import type { Record } from '../gen/sonde/v1/record.js';

/** Records kept: more than a slow reader misses of a trace whose sampling goes up and down all the time. */
const MOST_RECORDS = 1_024;

/** Something that a trace says to all its readers, and when. */
export interface LoggedRecord {
	/** From 0, without gaps. */
	readonly number: number;
	/** Of the next event to come when it was said. */
	readonly sequence: bigint;
	readonly record: Record;
}

/** What a trace has said beside its events, the latest of it. */
export interface RecordLog {
	push(sequence: bigint, record: Record): void;
	/** Oldest first, from a number on. */
	from(number: number): readonly LoggedRecord[];
	/** Number of the first record that belongs to events from this sequence on. */
	numberAt(sequence: bigint): number;
}

/** Makes an empty log. */
export function createRecordLog(): RecordLog {
	let records: LoggedRecord[] = [];
	let nextNumber = 0;
	return {
		push(sequence, record) {
			records.push({ number: nextNumber++, sequence, record });
			if (records.length > MOST_RECORDS) records = records.slice(MOST_RECORDS / 2);
		},
		from(number) {
			// Nearly always there is nothing: then nothing is made.
			return number >= nextNumber ? NONE : records.filter((record) => record.number >= number);
		},
		numberAt(sequence) {
			return records.find((record) => record.sequence >= sequence)?.number ?? nextNumber;
		},
	};
}

const NONE: readonly LoggedRecord[] = [];
