import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { ServiceError } from '../error.js';
import type { CompiledFilter } from '../filter/compile.js';
import { filterListing } from '../filter/listing.js';
import { isNativeError } from '../native.js';

/** How much of the verifier's log goes to the caller, characters: its end holds the reason. */
const SENT_LOG_CHARACTERS = 500;

/**
 * Turns what the addon threw when programs were loaded into what the caller gets, and logs the rest. A filter that the
 * verifier refuses is our mistake and not the caller's, who gets a number to report: the log has the program under it.
 */
export function explainLoadFailure(error: unknown, filters: readonly CompiledFilter[], log: Logger): unknown {
	if (!isNativeError(error)) return error;
	const listings = filters.map(filterListing).filter((listing) => listing !== '');
	const errorId = randomBytes(6).toString('hex');
	log.error({ err: error, errorId, kernelLog: error.log, filters: listings }, 'programs could not be loaded');
	if (error.code === 'ATTACH_FAILED')
		return new ServiceError('ATTACH_FAILED', error.message, { cause: error });
	if (error.code === 'KERNEL_REFUSED' && listings.length > 0) {
		const message = `the kernel refused the programs of a filter; this is a fault of the node, whose log has error ${errorId}`;
		return new ServiceError('INTERNAL', message, { metadata: { error_id: errorId }, cause: error });
	}
	const tail = error.log.trimEnd().slice(-SENT_LOG_CHARACTERS);
	const message = tail === '' ? error.message : `${error.message}: ${tail}`;
	return new ServiceError('INTERNAL', `${message} (error ${errorId})`, {
		metadata: { error_id: errorId },
		cause: error,
	});
}
