import { isIP, isIPv4 } from 'node:net';

/** Where a node listens. */
export interface Address {
	/** A name or an IP address, without brackets. */
	readonly host: string;
	/** TCP port, 0 to 65,535. */
	readonly port: number;
}

/**
 * Reads `host:port` or `[IPv6]:port`.
 *
 * @throws RangeError that names the text when it is neither.
 */
export function parseAddress(text: string): Address {
	const match = /^(?:\[([^\]]+)\]|([^:\s[\]]+)):(\d{1,5})$/.exec(text);
	const [, bracketed, plain, digits] = match ?? [];
	const host = bracketed ?? plain;
	const port = Number(digits);
	if (host === undefined || port > 65_535 || (bracketed !== undefined && isIP(bracketed) !== 6)) {
		throw new RangeError(`"${text}" is not an address like 127.0.0.1:7443, name:7443 or [::1]:7443`);
	}
	return { host, port };
}

/** Writes an address in the form that parseAddress reads. */
export function formatAddress({ host, port }: Address): string {
	return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether the address never leaves this host. */
export function isLoopback({ host }: Address): boolean {
	return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
