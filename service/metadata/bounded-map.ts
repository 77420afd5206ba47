/** A map that forgets what has not been used for longest. */
export interface BoundedMap<K, V> {
	/** Counts as use. */
	get(key: K): V | undefined;
	set(key: K, value: V): void;
	clear(): void;
}

/**
 * Makes an empty map of at most so many entries.
 *
 * @param weightOf makes a bound of it for the sum of this number over all entries; the newest one stays in any case.
 */
export function createBoundedMap<K, V>(
	max: number,
	weightOf: (value: V) => number = () => 1,
): BoundedMap<K, V> {
	// A Map is in order of insertion: what is used goes to its end.
	const entries = new Map<K, V>();
	let weight = 0;

	function remove(key: K): void {
		const value = entries.get(key);
		if (value !== undefined && entries.delete(key)) weight -= weightOf(value);
	}

	return {
		get(key) {
			const value = entries.get(key);
			if (value !== undefined) {
				entries.delete(key);
				entries.set(key, value);
			}
			return value;
		},
		set(key, value) {
			remove(key);
			entries.set(key, value);
			weight += weightOf(value);
			for (const oldest of entries.keys()) {
				if (weight <= max || entries.size === 1) break;
				remove(oldest);
			}
		},
		clear() {
			entries.clear();
			weight = 0;
		},
	};
}
