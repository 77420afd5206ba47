const PERMILLE_PER_PERCENT = 10;

/**
 * Reads a share of one core such as 2%, 0.5% or none.
 *
 * @returns Thousandths; 0: no budget, as in the contract.
 * @throws RangeError when it is none.
 */
export function parseBudget(text: string): number {
	if (text === 'none') return 0;
	const [, number] = /^(\d+(?:\.\d)?)%$/.exec(text) ?? [];
	const permille = Math.round(Number(number) * PERMILLE_PER_PERCENT);
	if (!(permille >= 1 && permille <= 1_000))
		throw new RangeError('Give a share of one core, 0.1% to 100%, or none.');
	return permille;
}
