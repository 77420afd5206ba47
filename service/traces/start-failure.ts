import type { Logger } from 'pino';
import { ServiceError } from '../error.js';
import { isNativeError } from '../native.js';

/** How much of the verifier's log goes to the caller, characters: its end holds the reason. */
const SENT_LOG_CHARACTERS = 500;

/** Turns what the addon threw into what the caller gets, and logs the rest. */
export function explainStartFailure(error: unknown, log: Logger): unknown {
	if (!isNativeError(error)) return error;
	log.error({ err: error, kernelLog: error.log }, 'trace could not be started');
	if (error.code === 'ATTACH_FAILED')
		return new ServiceError('ATTACH_FAILED', error.message, { cause: error });
	const tail = error.log.trimEnd().slice(-SENT_LOG_CHARACTERS);
	const message = tail === '' ? error.message : `${error.message}: ${tail}`;
	return new ServiceError('INTERNAL', message, { cause: error });
}
