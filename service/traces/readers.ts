/** One stream's place in a trace. */
export interface Reader {
	/** Says that everything before this sequence has been sent. */
	advance(position: bigint): void;
	/** May be called twice. */
	leave(): void;
}

/** Those who read a trace now. */
export interface Readers {
	readonly count: number;
	/** Sequence from which on somebody still needs the events; of readers that have left, where the slowest last was. */
	readonly slowest: bigint;
	/** @param onChange called when there are events, records or an end. */
	join(position: bigint, onChange: () => void): Reader;
	notify(): void;
}

/** @param onMove called when the slowest place or the number of readers may have changed. */
export function createReaders(onMove: () => void): Readers {
	const positions = new Map<() => void, bigint>();
	// Nobody has read anything: all is needed, also by the first reader to come.
	let left = 1n;

	function slowest(): bigint {
		let least: bigint | undefined;
		for (const position of positions.values()) {
			if (least === undefined || position < least) least = position;
		}
		return least ?? left;
	}

	return {
		get count() {
			return positions.size;
		},
		get slowest() {
			return slowest();
		},
		join(position, onChange) {
			// A key of its own, should two readers bring the same function.
			const key = () => onChange();
			positions.set(key, position);
			onMove();
			return {
				advance(next) {
					positions.set(key, next);
					onMove();
				},
				leave() {
					if (!positions.has(key)) return;
					left = slowest();
					positions.delete(key);
					onMove();
				},
			};
		},
		notify() {
			for (const onChange of positions.keys()) onChange();
		},
	};
}
