import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadNative } from '../../native.js';
import { type StateDirectory, StateDirectoryError } from './state-directory.js';

const LOCK_FILE = 'lock';
const TRY_EVERY_MS = 20;
/** Making a certificate takes some milliseconds, on an emulated machine a second. */
const DEFAULT_WAIT_MS = 10_000;

/**
 * Does something while no other process, nor anything else in this one, does: what is read and then written depends on it.
 * The kernel ends the lock with the process, so that none is ever left behind.
 *
 * @throws StateDirectoryError when another holds the lock for `waitMs`; whatever `work` throws.
 */
export async function withLock<Result>(
	state: StateDirectory,
	work: () => Promise<Result>,
	waitMs = DEFAULT_WAIT_MS,
): Promise<Result> {
	const native = loadNative();
	const path = state.resolve(LOCK_FILE);
	const file = await open(path, 'a', 0o600).catch((cause: unknown) => {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new StateDirectoryError(`cannot lock the state directory ${state.path}: ${reason}`, { cause });
	});
	try {
		const startMs = performance.now();
		while (!native.tryLockFile(file.fd)) {
			if (performance.now() - startMs >= waitMs) {
				throw new StateDirectoryError(
					`${path} has been locked by another process for ${waitMs / 1_000} s; end it, or try again`,
				);
			}
			await sleep(TRY_EVERY_MS);
		}
		return await work();
	} finally {
		await file.close();
	}
}
