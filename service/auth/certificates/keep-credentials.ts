import type { Logger } from 'pino';
import { watchFiles } from '../../watch-files.js';
import type { TlsListener } from '../connections/tls-listener.js';
import {
	type CredentialSource,
	type LoadedCredentials,
	loadCredentials,
	watchedFiles,
} from './load-credentials.js';
import { isStateDirectory } from './state-directory.js';

/** How often certificates are renewed that are about to expire; those of the shortest life are valid for seconds, in tests. */
const DEFAULT_RENEW_EVERY_MS = 3_600_000;

interface KeepOptions {
	readonly listener: Pick<TlsListener, 'replaceCredentials'>;
	readonly source: CredentialSource;
	/** What the listener has. */
	readonly loaded: LoadedCredentials;
	readonly log: Logger;
	/** For tests. Default: every hour. */
	readonly renewEveryMs?: number;
	/** For tests. Default: twice a second. */
	readonly lookEveryMs?: number;
	/** For tests. Default: the clock. */
	readonly now?: () => Date;
}

/** Keeps the credentials of a listener as they are in their files, and those of the node's own authority valid. */
export interface CredentialKeeper {
	/**
	 * Reads all files again. What cannot be used stays out, and the log says so.
	 *
	 * @returns Why; undefined: the listener has what the files hold.
	 */
	reload(): Promise<string | undefined>;
	/** Looks no more; resolves when nothing is under way. */
	stop(): Promise<void>;
}

/** Begins to keep them. */
export function keepCredentials(options: KeepOptions): CredentialKeeper {
	const { listener, source, log, renewEveryMs = DEFAULT_RENEW_EVERY_MS, now = () => new Date() } = options;
	let current = options.loaded;
	let last: Promise<string | undefined> = Promise.resolve(undefined);

	async function load(): Promise<string | undefined> {
		try {
			// Otherwise it would be made anew, with an authority that no caller knows.
			if (!isStateDirectory(source.stateDir))
				throw new Error(`the state directory ${source.stateDir} has gone`);
			const next = await loadCredentials(source, now());
			if (next.identities.nodeId !== current.identities.nodeId) {
				throw new Error(`${source.stateDir} is that of another node now; restart this one to become that`);
			}
			const hadList = current.identities.crl !== undefined;
			if (hadList && next.identities.crl === undefined) {
				throw new Error(
					'the revocation list has gone; revoke anything to have another one, or restart the node',
				);
			}
			if (next.version === current.version) return undefined;
			listener.replaceCredentials(next.credentials);
			current = next;
			sayOverdue(next);
			log.info('certificates and revocations reloaded');
			return undefined;
		} catch (error) {
			const cause = error instanceof Error ? error.message : String(error);
			log.error(
				{ cause },
				'certificates and revocations stay as they were: what is there now cannot be used',
			);
			return cause;
		}
	}

	/** One behind the other: the files at the end are those that count. */
	function reload(): Promise<string | undefined> {
		last = last.then(load);
		return last;
	}

	function sayOverdue({ credentials }: LoadedCredentials): void {
		const since = credentials.revocations?.overdueSince;
		if (since)
			log.warn({ since: since.toISOString() }, 'a revocation list is overdue; it counts none the less');
	}

	sayOverdue(current);
	const unwatch = watchFiles(watchedFiles(source), reload, options.lookEveryMs);
	const timer = setInterval(reload, renewEveryMs).unref();
	return {
		reload,
		async stop() {
			unwatch();
			clearInterval(timer);
			await last;
		},
	};
}
