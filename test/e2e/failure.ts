import assert from 'node:assert/strict';
import { SondeError } from '../../clients/typescript/index.js';

/** The error of a call that must fail. */
export async function failure(call: Promise<unknown>): Promise<SondeError> {
	const error = await call.then(
		() => assert.fail('the call was answered'),
		(reason: unknown) => reason,
	);
	assert.ok(error instanceof SondeError, String(error));
	return error;
}
