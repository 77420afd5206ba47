const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** As long as the authority itself, ten years. */
const MAX_DAYS = 3650;

/** Reads how long a certificate is valid, such as 12h or 90d, into milliseconds. @throws RangeError when it is no such time. */
export function parseValidity(text: string): number {
	const [, number, unit = ''] = /^(\d{1,12})([smhd])$/.exec(text) ?? [];
	const milliseconds = Number(number) * (UNIT_MS[unit] ?? Number.NaN);
	if (!(milliseconds > 0 && milliseconds <= MAX_DAYS * 86_400_000)) {
		throw new RangeError(`Give 1s to ${MAX_DAYS}d: a whole number and s, m, h or d.`);
	}
	return milliseconds;
}
