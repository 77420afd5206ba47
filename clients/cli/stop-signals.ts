import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Signals as a wish to stop, for as long as it is not disposed. */
export interface StopSignals {
	/** Aborts with the first signal. */
	readonly stop: AbortSignal;
	dispose(): void;
}

/** Listens for signals that mean stop. The second one ends the process at once with 128 + its number. */
export function listenForStop(): StopSignals {
	const controller = new AbortController();
	const onSignal = (signal: NodeJS.Signals) => {
		if (controller.signal.aborted) process.exit(128 + constants.signals[signal]);
		controller.abort();
	};
	for (const signal of SIGNALS) process.on(signal, onSignal);
	return {
		stop: controller.signal,
		dispose() {
			for (const signal of SIGNALS) process.off(signal, onSignal);
		},
	};
}
