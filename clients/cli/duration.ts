const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a duration such as 500ms, 1.5s, 10s, 5m or 1h.
 *
 * @returns Whole milliseconds.
 * @throws RangeError when it is none.
 */
export function parseDuration(text: string): number {
	const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
	const unitMs = UNIT_MS[unit ?? ''];
	const milliseconds = Math.round(Number(number) * (unitMs ?? Number.NaN));
	if (!Number.isSafeInteger(milliseconds)) {
		throw new RangeError('Give a number and a unit: 500ms, 10s, 5m or 1h.');
	}
	return milliseconds;
}

/** Writes a duration for people, for example "850ms", "12s", "3m05s", "2h00m", "4d03h". */
export function formatDuration(milliseconds: number): string {
	if (milliseconds < 1_000) return `${Math.max(0, Math.round(milliseconds))}ms`;
	const seconds = Math.floor(milliseconds / 1_000);
	const minutes = Math.floor(seconds / 60);
	const hours = Math.floor(minutes / 60);
	if (minutes === 0) return `${seconds}s`;
	if (hours === 0) return `${minutes}m${twoDigits(seconds % 60)}s`;
	if (hours < 24) return `${hours}h${twoDigits(minutes % 60)}m`;
	return `${Math.floor(hours / 24)}d${twoDigits(hours % 24)}h`;
}

function twoDigits(value: number): string {
	return String(value).padStart(2, '0');
}
