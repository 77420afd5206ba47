/** A first-in first-out queue that can be looked into. */
export interface Queue<T> {
	readonly length: number;
	/** 0 is the oldest. */
	at(index: number): T | undefined;
	push(item: T): void;
	/** Takes the oldest out. */
	shift(): T | undefined;
	/** Takes all out, oldest first. */
	clear(): T[];
}

/** Heads shorter than this are not worth a copy. */
const SHORT_HEAD = 64;

/** Makes an empty queue. */
export function createQueue<T>(): Queue<T> {
	// The head moves: shift() of a long array copies it.
	let items: (T | undefined)[] = [];
	let head = 0;

	return {
		get length() {
			return items.length - head;
		},
		at: (index) => items[head + index],
		push(item) {
			items.push(item);
		},
		shift() {
			if (head === items.length) return undefined;
			const item = items[head];
			// Not kept alive until the next copy.
			items[head++] = undefined;
			if (head > SHORT_HEAD && head * 2 > items.length) {
				items = items.slice(head);
				head = 0;
			}
			return item;
		},
		clear() {
			const left = items.slice(head).filter((item) => item !== undefined);
			items = [];
			head = 0;
			return left;
		},
	};
}
