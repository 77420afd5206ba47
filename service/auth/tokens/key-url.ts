import { readFile } from 'node:fs/promises';
import { errors } from 'jose';
import type { Logger } from 'pino';
import { quoteInput, ServiceError } from '../../error.js';
import { fetchKeySet } from './fetch-key-set.js';
import { type KeySet, parseKeySet } from './key-set.js';
import type { KeySource } from './key-source.js';

/** How long keys are taken without asking again, and what happens when asking fails; ms. */
export interface KeyTimes {
	/** After that they are fetched before the next token is verified. */
	readonly maxAgeMs: number;
	/** Between two fetches, whatever tokens say: callers without proof must not make a node call its issuer. */
	readonly cooldownMs: number;
	/** Of one fetch. */
	readonly timeoutMs: number;
	/** While the issuer cannot be reached, keys are taken up to this age. */
	readonly usableMs: number;
}

const DEFAULT_TIMES: KeyTimes = {
	maxAgeMs: 600_000,
	cooldownMs: 30_000,
	timeoutMs: 5_000,
	// A night: whoever has been told that a key is stolen can restart the node or call its reload.
	usableMs: 12 * 3_600_000,
};

/** Where keys are fetched, and for whom. */
export interface KeyUrlOptions {
	readonly issuer: string;
	readonly url: string;
	/** A file, PEM; read for each fetch. */
	readonly ca: string | undefined;
	readonly algorithms: readonly string[];
	readonly log: Logger;
	/** The keys are others now. */
	readonly onChange: () => void;
	readonly times?: Partial<KeyTimes> | undefined;
}

/**
 * Keys that an issuer publishes at a URL. jose's own remote key set has no authorities of its own and does not go on with old
 * keys. Starts without keys when the issuer cannot be reached, and says so in the log.
 */
export async function createKeyUrl(options: KeyUrlOptions): Promise<KeySource> {
	const { issuer, url, ca, algorithms, onChange } = options;
	const times = { ...DEFAULT_TIMES, ...options.times };
	const log = options.log.child({ issuer, url });
	const closed = new AbortController();
	let keys: KeySet | undefined;
	let fetchedMs = Number.NEGATIVE_INFINITY;
	let triedMs = Number.NEGATIVE_INFINITY;
	let failure: Error | undefined;
	let running: Promise<void> | undefined;

	async function fetchOnce(): Promise<void> {
		triedMs = performance.now();
		const timeout = AbortSignal.timeout(times.timeoutMs);
		try {
			const authorities = ca === undefined ? undefined : await readFile(ca, 'utf8');
			const signal = AbortSignal.any([timeout, closed.signal]);
			const text = await fetchKeySet(url, authorities, signal);
			if (text !== keys?.text) {
				const next = await parseKeySet(text, algorithms);
				for (const problem of next.ignored) log.warn({ problem }, 'a key for tokens is not used');
				keys = next;
				onChange();
				log.info({ keys: keys.count }, 'keys for tokens have changed');
			}
			fetchedMs = triedMs;
			failure = undefined;
		} catch (error) {
			const cause = timeout.aborted ? `it took longer than ${times.timeoutMs} ms` : causeOf(error);
			failure = new Error(`cannot fetch the keys of ${quoteInput(issuer)} from ${url}: ${cause}`);
			if (closed.signal.aborted) return;
			log.error({ cause: failure.message }, 'new keys for tokens cannot be had, the old ones stay');
		}
	}

	/** One at a time. */
	function fetchNow(): Promise<void> {
		running ??= fetchOnce().finally(() => {
			running = undefined;
		});
		return running;
	}

	async function fetchUnlessJustTried(): Promise<void> {
		if (running !== undefined || performance.now() - triedMs >= times.cooldownMs) await fetchNow();
	}

	function usableKeys(): KeySet {
		if (keys !== undefined && performance.now() - fetchedMs < times.usableMs) return keys;
		throw unavailable();
	}

	function unavailable(): ServiceError {
		// Callers get no URL of the operator's network; the log has it.
		const message = `the keys of the issuer ${quoteInput(issuer)} cannot be fetched at present; try again later`;
		return new ServiceError('TOKEN_KEYS_UNAVAILABLE', message, { cause: failure });
	}

	await fetchNow();
	// Also while nobody comes with a new token: a key that was withdrawn ends streams.
	const timer = setInterval(() => void fetchUnlessJustTried(), times.maxAgeMs).unref();

	return {
		async keyFor(header, token) {
			if (performance.now() - fetchedMs >= times.maxAgeMs) await fetchUnlessJustTried();
			try {
				return await usableKeys().find(header, token);
			} catch (error) {
				if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
				// Perhaps the issuer has a new key.
				await fetchUnlessJustTried();
				if (failure !== undefined) throw unavailable();
				return await usableKeys().find(header, token);
			}
		},
		freshUntil: () => fetchedMs + times.maxAgeMs,
		async reload() {
			await running;
			await fetchNow();
			if (failure !== undefined) throw failure;
		},
		close() {
			clearInterval(timer);
			closed.abort();
		},
	};
}

function causeOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	// Of a host with several addresses there are several errors, and no message.
	return error.message || ('code' in error ? String(error.code) : error.name);
}
