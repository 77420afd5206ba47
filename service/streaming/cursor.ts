import { ServiceError } from '../error.js';

const VERSION = 1;
const TRACE_ID_BYTES = 16;
const BYTES = 1 + TRACE_ID_BYTES + 8 + 8;

/** A place in the events of one trace of one run of the node. */
export interface Cursor {
	readonly traceId: string;
	/** ns since the Unix epoch at which the node started. */
	readonly epoch: bigint;
	/** The last event that was seen. */
	readonly sequence: bigint;
}

/** The bytes that a client keeps. */
export function encodeCursor({ traceId, epoch, sequence }: Cursor): Buffer {
	const bytes = Buffer.allocUnsafe(BYTES);
	bytes.writeUInt8(VERSION, 0);
	bytes.write(traceId, 1, 'hex');
	bytes.writeBigUInt64LE(epoch, 1 + TRACE_ID_BYTES);
	bytes.writeBigUInt64LE(sequence, 1 + TRACE_ID_BYTES + 8);
	return bytes;
}

/**
 * The sequence in a cursor of this trace.
 *
 * @throws ServiceError INVALID_CURSOR when it is not one.
 */
export function decodeCursor(cursor: Uint8Array, { traceId, epoch }: Omit<Cursor, 'sequence'>): bigint {
	const bytes = Buffer.from(cursor.buffer, cursor.byteOffset, cursor.byteLength);
	if (bytes.length !== BYTES || bytes.readUInt8(0) !== VERSION) throw invalid('is not one that a node gave');
	if (bytes.toString('hex', 1, 1 + TRACE_ID_BYTES) !== traceId) throw invalid('belongs to another trace');
	if (bytes.readBigUInt64LE(1 + TRACE_ID_BYTES) !== epoch)
		throw invalid('was given before the node started again');
	return bytes.readBigUInt64LE(1 + TRACE_ID_BYTES + 8);
}

function invalid(description: string): ServiceError {
	return new ServiceError('INVALID_CURSOR', `cursor ${description}`, {
		violations: [{ field: 'cursor', description }],
	});
}
