import type { Logger } from 'pino';
import { watchFiles } from './watch-files.js';

interface ReloaderInit {
	/** What can change while the node runs, by name. Each gives whether it did; one that throws has stayed as it was. */
	readonly steps: Readonly<Record<string, () => Promise<boolean>>>;
	/** A change of one of these is a reason to reload, as SIGHUP is. */
	readonly files: readonly string[];
	/** Called when something has changed. */
	readonly afterwards: () => Promise<void>;
	/** Told of each step that changed something, "ok", or failed. */
	readonly onReload: (what: string, outcome: 'ok' | 'failed') => void;
	readonly log: Logger;
}

/** Takes up what changes while the node runs: at SIGHUP, and when a file changes. */
export interface Reloader {
	close(): void;
}

/** Starts to watch. */
export function createReloader({ steps, files, afterwards, onReload, log }: ReloaderInit): Reloader {
	/** One at a time: a file may change while it is read. */
	let turn = Promise.resolve();

	async function reloadAll(): Promise<void> {
		let hasChanged = false;
		for (const [name, step] of Object.entries(steps)) {
			try {
				if (!(await step())) continue;
				hasChanged = true;
				onReload(name, 'ok');
				log.info({ what: name }, 'reloaded');
			} catch (error) {
				onReload(name, 'failed');
				const cause = error instanceof Error ? error.message : String(error);
				log.error({ what: name, cause }, 'not reloaded: what was in force stays so');
			}
		}
		if (hasChanged) await afterwards();
	}

	function reload(): void {
		turn = turn.then(reloadAll).catch((error) => log.error({ err: error }, 'reload failed'));
	}

	process.on('SIGHUP', reload);
	const unwatch = watchFiles(files, reload);
	// They may have changed between being read and being watched.
	if (files.length > 0) reload();
	return {
		close() {
			process.off('SIGHUP', reload);
			unwatch();
		},
	};
}
