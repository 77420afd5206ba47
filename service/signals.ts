/** Resolves with the first of these signals that comes; later ones are ignored, the end is under way. */
export function untilSignal(signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
	return new Promise((resolve) => {
		for (const signal of signals) process.on(signal, resolve);
	});
}
