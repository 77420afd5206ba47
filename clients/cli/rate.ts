/**
 * Reads a rate such as 5000/s, 5000 or unlimited.
 *
 * @returns Events a second; 0: unlimited, as in the contract.
 * @throws RangeError when it is none.
 */
export function parseRate(text: string): number {
	if (text === 'unlimited') return 0;
	const [, number] = /^(\d+)(?:\/s)?$/.exec(text) ?? [];
	const value = Number(number);
	if (!Number.isSafeInteger(value) || value < 1) throw new RangeError('Give a rate: 5000/s, or unlimited.');
	return value;
}
