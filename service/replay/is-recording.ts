import { ServiceError } from '../error.js';

/** Refuses what only a node can do. */
export function isRecording(what: string): ServiceError {
	return new ServiceError('IS_RECORDING', `this is a recording, not a node: ${what}`);
}
