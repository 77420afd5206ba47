import type { Logger } from 'pino';
import { watchFiles } from '../auth/watch-files.js';
import type { Guard } from './guard.js';
import type { GuardConfig } from './guard-config.js';

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
 * another file in the place of the old one. What cannot be taken leaves the guard as it is, and is said. Nothing is watched
 * where the guard is off: then a start of the node turns it on. Gives what ends it.
 */
export function keepGuard({ guard, configFile, config, log }: KeepGuardInit): () => void {
	let unwatch = () => {};

	function watch({ mode, allow }: GuardConfig): void {
		unwatch();
		unwatch = mode === 'off' ? () => {} : watchFiles([configFile, ...allow], () => void reload());
	}

	async function reload(): Promise<void> {
		try {
			// Its libraries are loaded only where there is a file.
			const { readNodeConfig } = await import('../config/node-config.js');
			const { guard: next } = readNodeConfig(configFile);
			guard.reload(next);
			watch(next);
		} catch (error) {
			log.error(
				{ reason: error instanceof Error ? error.message : String(error) },
				'the guard stays as it is',
			);
		}
	}

	watch(config);
	return () => unwatch();
}
