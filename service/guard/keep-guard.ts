import { statSync } from 'node:fs';
import type { Logger } from 'pino';
import type { Guard } from './guard.js';
import type { GuardConfig } from './guard-config.js';

/** Of some system calls for each file. */
const LOOK_MS = 500;

interface KeepGuardInit {
	readonly guard: Pick<Guard, 'reload'>;
	/** The node's, which has a section for it. */
	readonly configFile: string;
	/** What the guard has now. */
	readonly config: GuardConfig;
	readonly log: Logger;
}

/**
 * Reads the section of the guard again when the configuration file changes, or an executable that it lists: an upgrade puts
 * another file in the place of the old one. What cannot be taken leaves the guard as it is, and is said. Nothing is looked at
 * where the guard is off at the start of the node, which only another start then turns on. Gives what ends it.
 */
export function keepGuard({ guard, configFile, config, log }: KeepGuardInit): () => void {
	let { allow } = config;
	let taken = look();
	let before = taken;
	if (config.mode === 'off') return () => {};
	const timer = setInterval(compare, LOOK_MS).unref();

	function look(): string[] {
		return [configFile, ...allow].map(fingerprint);
	}

	/** Waits until all stay as they are for a while: a file is seldom written at once. */
	function compare(): void {
		const now = look();
		const isSettled = isEqual(now, before);
		before = now;
		if (isSettled && !isEqual(now, taken)) void reload(now);
	}

	/** What changes while it is read is another change: so nothing is looked at after it was read. */
	async function reload(now: readonly string[]): Promise<void> {
		taken = [...now];
		try {
			// Its libraries are loaded only where there is a file.
			const { readNodeConfig } = await import('../config/node-config.js');
			const { guard: next } = readNodeConfig(configFile);
			allow = next.allow;
			taken = [taken[0] ?? '', ...allow.map(fingerprint)];
			guard.reload(next);
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			log.error({ reason }, 'the guard stays as it is');
		}
	}

	return () => clearInterval(timer);
}

function isEqual(a: readonly string[], b: readonly string[]): boolean {
	return a.length === b.length && a.every((text, i) => text === b[i]);
}

/** Changes with every way to change a file: its content, its attributes, another in its place. */
function fingerprint(file: string): string {
	try {
		const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
		return [dev, ino, size, mtimeNs, ctimeNs].join();
	} catch {
		return 'missing';
	}
}
