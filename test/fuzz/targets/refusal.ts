import { ServiceError } from '../../../service/error.js';

/** Clients take so much of headers; the message stands in them a second time, in details. */
const MAX_STATUS_BYTES = 8 * 1024;

/** Runs what may be refused, and only as callers are told: with a status that fits into a response. */
export function orRefusal<T>(run: () => T): T | undefined {
	try {
		return run();
	} catch (error) {
		checkRefusal(error);
		return undefined;
	}
}

/** @throws what is no refusal. */
export function checkRefusal(error: unknown): void {
	if (!(error instanceof ServiceError) || error.reason === 'INTERNAL') throw error;
	const { details, metadata } = error.toStatus();
	const [extra] = metadata.get('grpc-status-details-bin');
	const utf8 = Buffer.from(details);
	const bytes = utf8.length + Buffer.from(extra ?? '').length;
	if (utf8.toString() !== details) throw new Error('the message is no UTF-8', { cause: error });
	if (bytes > MAX_STATUS_BYTES) throw new Error(`the status has ${bytes} bytes`, { cause: error });
}
