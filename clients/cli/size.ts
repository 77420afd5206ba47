const UNIT_BYTES: Readonly<Record<string, number>> = {
	'': 1,
	k: 1_000,
	kib: 1_024,
	m: 1_000_000,
	mib: 1_048_576,
	g: 1_000_000_000,
	gib: 1_073_741_824,
};

/**
 * Reads a number of bytes such as 65536, 64KiB, 8MiB or 1G.
 *
 * @throws RangeError when it is none.
 */
export function parseSize(text: string): number {
	const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([kmg](?:ib)?|)b?$/.exec(text.toLowerCase()) ?? [];
	const bytes = Math.round(Number(number) * (UNIT_BYTES[unit] ?? Number.NaN));
	if (!Number.isSafeInteger(bytes))
		throw new RangeError('Give a number of bytes: 65536, 64KiB, 8MiB or 1GiB.');
	return bytes;
}

/** Writes a number of bytes for people, for example "512 B", "8.0 MiB". */
export function formatSize(bytes: number): string {
	if (bytes < 1_024) return `${bytes} B`;
	const units = ['KiB', 'MiB', 'GiB', 'TiB'];
	let value = bytes;
	let unit = -1;
	while (value >= 1_024 && unit < units.length - 1) {
		value /= 1_024;
		unit++;
	}
	return `${value.toFixed(1)} ${units[unit]}`;
}
