const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

/**
 * Writes an address of an event, 4 bytes of IPv4 or 16 of IPv6, as people do: "192.0.2.1", "2001:db8::1" (RFC 5952).
 *
 * @throws RangeError for another number of bytes.
 */
export function formatIpAddress(bytes: Uint8Array): string {
	if (bytes.length === IPV4_BYTES) return bytes.join('.');
	if (bytes.length !== IPV6_BYTES) throw new RangeError(`an address has 4 or 16 bytes, not ${bytes.length}`);
	const groups = Array.from(
		{ length: IPV6_BYTES / 2 },
		(_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0),
	);
	const { start, length } = longestZeros(groups);
	const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
	if (length < 2) return text(groups);
	return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** The first one of the longest runs of zeros. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
	let best = { start: 0, length: 0 };
	let start = 0;
	for (const [i, group] of groups.entries()) {
		if (group !== 0) start = i + 1;
		else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
	}
	return best;
}
