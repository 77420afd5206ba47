import { createHash } from 'node:crypto';

/** Numbers by chance that a seed repeats. */
export interface Random {
	/** From min to max, both included. */
	int(min: number, max: number): number;
	/** The same with each order of magnitude as likely as the others. */
	scale(min: number, max: number): number;
	/** True in this share of all cases. */
	chance(share: number): boolean;
	pick<T>(choices: readonly T[]): T;
	/** Numbers of their own: how many of these are drawn does not change those. */
	fork(name: string | number): Random;
}

/** The same seed gives the same numbers. */
export function createRandom(seed: string): Random {
	let state = createHash('sha256').update(seed).digest().readUInt32LE(0);

	/** mulberry32: from 0 to 1, 1 excluded. */
	function next(): number {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	}

	return {
		int: (min, max) => min + Math.floor(next() * (max - min + 1)),
		scale: (min, max) => Math.round(min * (max / min) ** next()),
		chance: (share) => next() < share,
		pick(choices) {
			const index = Math.floor(next() * choices.length);
			if (choices.length === 0) throw new RangeError('nothing to choose from');
			return choices[index] as (typeof choices)[number];
		},
		fork: (name) => createRandom(`${seed}/${name}`),
	};
}
