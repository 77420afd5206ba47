import {
	issueIdentity,
	type ListedIdentity,
	listIdentities,
	revokeIdentity,
} from '../../service/auth/certificates/identity-store.js';
import { escapeText } from './escape.js';
import type { IssueOptions } from './identity.js';
import type { ListFormat } from './list-format.js';
import { listTable } from './list-table.js';
import { createOutput } from './output.js';

const HEADER = ['NAME', 'ROLE', 'SERIAL', 'VALID UNTIL', 'STATUS'];

/** `sonde identity issue`. */
export async function runIssue(
	name: string,
	{ state, role, valid, renew, out }: IssueOptions,
): Promise<void> {
	const request = { name, role, validMs: valid, renew, directory: out };
	const issued = await issueIdentity(state, request);
	await createOutput(process.stdout).write(
		`${issued.spiffeId}, serial ${issued.serial}, valid until ${issued.validUntil}\n${issued.directory}\n`,
	);
}

/** `sonde identity list`. */
export async function runList({
	state,
	output,
}: {
	readonly state: string;
	readonly output: ListFormat;
}): Promise<void> {
	const stdout = createOutput(process.stdout);
	const identities = await listIdentities(state);
	if (output === 'json') return stdout.write(`${JSON.stringify(identities.map(jsonOf), null, 2)}\n`);
	const now = new Date();
	const rows = identities.map((identity) => cellsOf(identity, now));
	await stdout.write(listTable([HEADER, ...rows], 0, stdout.columns));
}

/** `sonde identity revoke`. */
export async function runRevoke(nameOrSerial: string, { state }: { readonly state: string }): Promise<void> {
	const revoked = await revokeIdentity(state, nameOrSerial);
	const lines = revoked.map(
		({ serial, name }) => `revoked ${serial}${name ? ` of ${escapeText(name)}` : ''}\n`,
	);
	await createOutput(process.stdout).write(lines.join(''));
}

function jsonOf(identity: ListedIdentity) {
	const { name = null, role = null, serial, validUntil = null, revokedAt = null } = identity;
	return { name, role, serial, validUntil, revokedAt };
}

function cellsOf(identity: ListedIdentity, now: Date): string[] {
	const { name, role, serial, validUntil } = identity;
	return [
		name === undefined ? '-' : escapeText(name),
		role ?? '-',
		serial,
		validUntil?.toISOString() ?? '-',
		statusOf(identity, now),
	];
}

function statusOf({ validUntil, revokedAt }: ListedIdentity, now: Date): string {
	if (revokedAt !== undefined) return `revoked ${revokedAt.toISOString()}`;
	return validUntil !== undefined && validUntil < now ? 'expired' : 'valid';
}
