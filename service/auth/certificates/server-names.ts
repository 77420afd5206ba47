import { isIP } from 'node:net';
import { hostname } from 'node:os';

/** Labels of letters, digits, "-" and "_"; a name that does not fit a certificate in ASCII is written in Punycode. */
const DNS_NAME =
	/^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** What a server name must be, for messages. */
export const SERVER_NAME_RULE =
	'a host name of at most 253 ASCII characters, without wildcards, or an IP address';

/** "Every address" is none that a caller could check. */
const EVERY_ADDRESS = ['0.0.0.0', '::'];

/** Whether callers could reach a node by this name and check it. */
export function isServerName(name: string): boolean {
	return isIP(name) === 0 ? DNS_NAME.test(name) : !EVERY_ADDRESS.includes(name);
}

/** Reads a name that an operator gives. @throws Error that names the value and what it must be. */
export function parseServerName(name: string): string {
	if (isServerName(name)) return name.toLowerCase();
	throw new Error(`the server name ${JSON.stringify(name)} must be ${SERVER_NAME_RULE}`);
}

/** The alternative names of a node's certificate: those by which it is always reached, and the given ones that fit. */
export function subjectNames(names: readonly string[]): { type: 'ip' | 'dns'; value: string }[] {
	const wanted = ['localhost', hostname().toLowerCase(), '127.0.0.1', '::1', ...names];
	return [...new Set(wanted)]
		.filter(isServerName)
		.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
}
