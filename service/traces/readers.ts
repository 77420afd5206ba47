/** One stream's place in a trace. */
export interface Reader {
	/** Says how many events have been sent to it and how many are lost to it, since it joined. */
	advance(sent: bigint, evicted: bigint): void;
	/** May be called twice. */
	leave(): void;
}

/** How far a reader has come. Its next event is the one at start + sent + evicted. */
export interface Progress {
	readonly start: bigint;
	readonly sent: bigint;
	readonly evicted: bigint;
}

/** Those who read a trace now. */
export interface Readers {
	readonly count: number;
	/** In the order in which they joined. */
	readonly progress: readonly Progress[];
	/** Sequence from which on somebody still needs the events; of readers that have left, where the slowest last was. */
	readonly slowest: bigint;
	/** @param onChange called when there are events, records or an end. */
	join(start: bigint, onChange: () => void): Reader;
	notify(): void;
}

/** @param onMove called when the slowest place or the number of readers may have changed. */
export function createReaders(onMove: () => void): Readers {
	const readers = new Map<() => void, Progress>();
	// Nobody has read anything: all is needed, also by the first reader to come.
	let left = 1n;

	function slowest(): bigint {
		let least: bigint | undefined;
		for (const { start, sent, evicted } of readers.values()) {
			const position = start + sent + evicted;
			if (least === undefined || position < least) least = position;
		}
		return least ?? left;
	}

	return {
		get count() {
			return readers.size;
		},
		get progress() {
			return [...readers.values()];
		},
		get slowest() {
			return slowest();
		},
		join(start, onChange) {
			// A key of its own, should two readers bring the same function.
			const key = () => onChange();
			readers.set(key, { start, sent: 0n, evicted: 0n });
			onMove();
			return {
				advance(sent, evicted) {
					// What a call still writes after its reader has left does not bring it back.
					if (!readers.has(key)) return;
					readers.set(key, { start, sent, evicted });
					onMove();
				},
				leave() {
					if (!readers.has(key)) return;
					left = slowest();
					readers.delete(key);
					onMove();
				},
			};
		},
		notify() {
			for (const onChange of readers.keys()) onChange();
		},
	};
}
