import type { RecordedTrace, RecordedMessage as ServedMessage } from '../../service/replay/recorded-trace.js';
import { type Place, type RecordedMessage, type Recording, RecordingError } from '../typescript/index.js';
import { describeBreak } from '../typescript/recording/recording-error.js';

/** A place is remembered every so many bytes of the file, so that a reader that comes back does not read all of it. */
const BYTES_BETWEEN_PLACES = 1024 * 1024;

/** A place in the file, and the first sequence of the message there. */
interface Mark {
	readonly place: Place;
	readonly firstSequence: bigint;
}

/** Reads a recording once, to know what there is to serve. @throws RecordingError when it cannot be read at all. */
export async function surveyRecording(recording: Recording): Promise<RecordedTrace> {
	const marks: Mark[] = [];
	let first: RecordedMessage | undefined;
	let last: RecordedMessage | undefined;
	let damage: string | undefined;
	try {
		for await (const message of recording.messages()) {
			first ??= message;
			last = message;
			const { place, envelope } = message;
			const nextMark = (marks.at(-1)?.place.offset ?? Number.NEGATIVE_INFINITY) + BYTES_BETWEEN_PLACES;
			if (place.offset >= nextMark) marks.push({ place, firstSequence: envelope.firstSequence });
		}
	} catch (error) {
		if (!(error instanceof RecordingError) || error.break === undefined) throw error;
		// Without the name of the file, which is not the callers' to know.
		damage = `the recording ${describeBreak(error.break)}`;
	}
	return {
		header: recording.headerBytes,
		last: last && served(last),
		oldestSequence: oldestOf(first),
		damage,
		async *messagesFrom(sequence) {
			// Strictly before it: messages without events may stand in front of it with the same sequence.
			const from = marks.findLast(({ firstSequence }) => firstSequence < sequence) ?? marks[0];
			if (from === undefined) return;
			try {
				for await (const message of recording.messages(from.place)) yield served(message);
			} catch (error) {
				if (!(error instanceof RecordingError) || error.break === undefined) throw error;
			}
		},
	};
}

function served({ bytes, envelope: { firstSequence, eventCount } }: RecordedMessage): ServedMessage {
	return { bytes, firstSequence, eventCount };
}

function oldestOf(first: RecordedMessage | undefined): bigint {
	if (first === undefined) return 1n;
	for (const { kind } of first.envelope.records) {
		if (kind.case === 'gap') return kind.value.firstSequence;
	}
	return first.envelope.firstSequence;
}
