import { once } from 'node:events';
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { RecordingHeaderSchema } from '../gen/sonde/v1/recording_pb.js';
import { frameHead, MAX_PAYLOAD_BYTES, PREAMBLE } from './format.js';
import { createNewFile, type NewFile } from './new-file.js';
import { RecordingError } from './recording-error.js';
import { contractDescriptors } from './schema.js';

/** Writes a recording while the messages come. */
export interface RecordingWriter {
	/** Writes the header; once, before the first message. The contract is added to it. @throws RecordingError. */
	begin(header: MessageInitShape<typeof RecordingHeaderSchema>): Promise<void>;
	/**
	 * Writes a StreamEventsResponse as it came; waits while more than 4 MiB wait for the disk. The bytes must not change.
	 *
	 * @throws RecordingError that names the file when it cannot be written, now or at an earlier call.
	 */
	write(message: Uint8Array): Promise<void>;
	/** Flushes and closes; removes a file to which nothing was written. May be called twice. @throws RecordingError. */
	close(): Promise<void>;
}

/**
 * Makes the file of a recording, with mode 0600.
 *
 * @throws RecordingError when there is a file already, or it cannot be made.
 */
export async function createRecordingWriter(path: string): Promise<RecordingWriter> {
	const file = await createNewFile(path).catch((cause: unknown) => {
		throw cannotWrite(path, cause);
	});
	const { stream } = file;
	let hasBegun = false;
	let closed: Promise<void> | undefined;
	let failure: RecordingError | undefined;
	stream.on('error', (cause) => {
		failure ??= cannotWrite(path, cause);
	});

	async function put(payload: Uint8Array, before: Uint8Array): Promise<void> {
		if (failure !== undefined) throw failure;
		if (payload.length > MAX_PAYLOAD_BYTES) {
			throw cannotWrite(path, `a message of ${payload.length} bytes is longer than ${MAX_PAYLOAD_BYTES}`);
		}
		// Together, in one system call; payloads are not copied.
		stream.cork();
		stream.write(Buffer.concat([before, frameHead(payload)]));
		const hasRoom = stream.write(payload);
		stream.uncork();
		if (hasRoom) return;
		await once(stream, 'drain').catch((cause: unknown) => {
			throw failure ?? cannotWrite(path, cause);
		});
	}

	return {
		async begin(header) {
			const message = create(RecordingHeaderSchema, header);
			message.fileDescriptorSet = contractDescriptors();
			hasBegun = true;
			await put(toBinary(RecordingHeaderSchema, message), PREAMBLE);
		},
		write: (message) => put(message, NOTHING),
		close() {
			closed ??= finish(file, path, hasBegun).then(() => {
				if (failure !== undefined) throw failure;
			});
			return closed;
		},
	};
}

const NOTHING = new Uint8Array();

async function finish(file: NewFile, path: string, hasBegun: boolean): Promise<void> {
	if (!hasBegun) return file.discard();
	await file.finish().catch((cause: unknown) => {
		throw cannotWrite(path, cause);
	});
}

function cannotWrite(path: string, cause: unknown): RecordingError {
	const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
	const reason = exists ? 'the file exists already' : cause instanceof Error ? cause.message : String(cause);
	return new RecordingError(`cannot write the recording ${path}: ${reason}`, { cause });
}
