/** A map that forgets what has not been used for longest. */
export interface BoundedMap<K, V> {
	/** Counts as use. */
	get(key: K): V | undefined;
	set(key: K, value: V): void;
	clear(): void;
}

/** Makes an empty map of at most so many entries. */
export function createBoundedMap<K, V>(maxEntries: number): BoundedMap<K, V> {
	// A Map is in order of insertion: what is used goes to its end.
	const entries = new Map<K, V>();
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
			entries.delete(key);
			entries.set(key, value);
			if (entries.size <= maxEntries) return;
			const [oldest] = entries.keys();
			if (oldest !== undefined) entries.delete(oldest);
		},
		clear: () => entries.clear(),
	};
}
