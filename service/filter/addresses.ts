import { isIP, isIPv4 } from 'node:net';

const BYTES = 16;
const IPV4_OFFSET = 12;
/** Bits before an IPv4 address in an IPv6 one. */
const IPV4_PREFIX_BITS = 96;

/** The 16 bytes of an address, IPv4 as ::ffff:a.b.c.d; undefined: it is none. */
export function parseAddress(text: string): Buffer | undefined {
	if (isIP(text) === 0 || text.includes('%')) return undefined;
	const bytes = Buffer.alloc(BYTES);
	if (isIPv4(text)) {
		bytes.writeUInt16BE(0xffff, IPV4_OFFSET - 2);
		bytes.set(text.split('.').map(Number), IPV4_OFFSET);
		return bytes;
	}
	const tail = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
	const groups = tail === null ? text : `${tail[1]}${hexGroups(tail[2] ?? '')}`;
	const [head = '', rest] = groups.split('::');
	const before = head === '' ? [] : head.split(':');
	const after = rest === undefined || rest === '' ? [] : rest.split(':');
	for (const [i, group] of before.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), 2 * i);
	for (const [i, group] of after.entries())
		bytes.writeUInt16BE(Number.parseInt(group, 16), BYTES - 2 * (after.length - i));
	return bytes;
}

function hexGroups(ipv4: string): string {
	const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number);
	return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** "10.0.0.0/8", "2001:db8::/32"; undefined: it is none, or bits behind the prefix are set. */
export function parseNetwork(text: string): { address: Buffer; bits: number } | undefined {
	const [, base = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
	const address = parseAddress(base);
	if (address === undefined) return undefined;
	const isV4 = isIPv4(base);
	const own = Number(length);
	if (own > (isV4 ? 32 : 128)) return undefined;
	const bits = own + (isV4 ? IPV4_PREFIX_BITS : 0);
	for (let bit = bits; bit < BYTES * 8; bit++) {
		if (((address[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) return undefined;
	}
	return { address, bits };
}
