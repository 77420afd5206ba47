import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Logger } from 'pino';
import { type KeySet, MAX_KEY_SET_BYTES, parseKeySet } from './key-set.js';
import type { KeySource } from './key-source.js';

/**
 * How often the file is looked at, ms. Not by inotify: Kubernetes replaces a symbolic link two folders above. Not by
 * `watchFile`: it first looks some time after it is called, and takes what was changed until then for what was always there.
 */
const LOOK_MS = 2_000;

/** What a key file is read for. */
export interface KeyFileOptions {
	readonly file: string;
	readonly algorithms: readonly string[];
	readonly log: Logger;
	/** The keys are others now. */
	readonly onChange: () => void;
	readonly lookMs?: number | undefined;
}

/**
 * Keys in a JWKS file, which is read again when it changes. What cannot be used is logged, and the keys stay.
 *
 * @throws Error with a message of one line when the file cannot be used at first.
 */
export async function createKeyFile(options: KeyFileOptions): Promise<KeySource> {
	const { algorithms, onChange, lookMs = LOOK_MS } = options;
	const file = resolve(options.file);
	const log = options.log.child({ file });
	let seen = await versionOf(file);
	let keys: KeySet = await read();
	let last: Promise<unknown> = Promise.resolve();

	async function read(): Promise<KeySet> {
		try {
			const { size } = await stat(file);
			if (size > MAX_KEY_SET_BYTES)
				throw new Error(`it has ${size} bytes, must be at most ${MAX_KEY_SET_BYTES}`);
			const parsed = await parseKeySet(await readFile(file, 'utf8'), algorithms);
			for (const problem of parsed.ignored) log.warn({ problem }, 'a key for tokens is not used');
			return parsed;
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			throw new Error(`cannot use the key file ${file}: ${reason}`, { cause: error });
		}
	}

	async function replaceKeys(): Promise<void> {
		const next = await read();
		if (next.text === keys.text) return;
		keys = next;
		onChange();
		log.info({ keys: keys.count }, 'keys for tokens have changed');
	}

	/** One after the other, so that older keys never come last. */
	function readAgain(): Promise<void> {
		const reading = last.then(replaceKeys);
		last = reading.catch(() => undefined);
		return reading;
	}

	async function look(): Promise<void> {
		const version = await versionOf(file);
		if (version === seen) return;
		seen = version;
		await readAgain();
	}

	const timer = setInterval(() => {
		look().catch((error: unknown) => {
			const cause = error instanceof Error ? error.message : String(error);
			log.error({ cause }, 'new keys for tokens cannot be used, the old ones stay');
		});
	}, lookMs).unref();

	return {
		keyFor: (header, token) => keys.find(header, token),
		freshUntil: () => Number.POSITIVE_INFINITY,
		reload: readAgain,
		close: () => clearInterval(timer),
	};
}

/** Another text for another content. */
async function versionOf(file: string): Promise<string> {
	try {
		const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
		return [dev, ino, size, mtimeNs, ctimeNs].join();
	} catch (error) {
		return String(error);
	}
}
