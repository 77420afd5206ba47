import { join } from 'node:path';
import { type Credentials, checkCredentials } from './credentials.js';
import { REVOCATIONS_FILE } from './own-revocations.js';
import { type NodeIdentities, openIdentities } from './pki.js';
import { joinRevocations, NO_REVOCATIONS, type Revocations, readRevocations } from './revocations.js';
import { namesOfFiles, readTlsFile, type TlsFiles } from './tls-files.js';

/** Where a node's credentials come from. */
export interface CredentialSource {
	readonly stateDir: string;
	/** Names and addresses by which callers reach the node: see openIdentities. */
	readonly names: readonly string[];
	readonly files: TlsFiles;
}

/** Credentials, with the identities that they were made of. */
export interface LoadedCredentials {
	readonly identities: NodeIdentities;
	readonly credentials: Credentials;
	/** The same text: nothing has changed. */
	readonly version: string;
}

/**
 * Reads credentials, checks them, and renews those of the node's own authority.
 *
 * @throws Error with a message of one line that names the file.
 */
export async function loadCredentials(source: CredentialSource, now: Date): Promise<LoadedCredentials> {
	const { stateDir, names, files } = source;
	const identities = await openIdentities(stateDir, { names, now });
	const { nodeId, ca: ownCa, crl: ownCrl, server } = identities;
	const [cert = server.cert, key = server.key, ca = ownCa, crl] = await Promise.all(
		[files.certificate, files.key, files.clientCa, files.clientCrl].map(
			async (file) => file && (await readTlsFile(file)),
		),
	);
	const ownRevocations = await read(join(stateDir, REVOCATIONS_FILE), ownCrl, ownCa, now);
	const revocations = await read(files.clientCrl, crl, ca, now);
	const credentials: Credentials = {
		...{ cert, key, ca },
		revocations: joinRevocations(ownRevocations, revocations),
		own: { nodeId, ca: ownCa },
	};
	try {
		checkCredentials(credentials, now);
	} catch (cause) {
		const where = namesOfFiles(files).join(', ') || stateDir;
		throw new Error(`${where}: ${cause instanceof Error ? cause.message : cause}`, { cause });
	}
	return { identities, credentials, version: [cert, key, ca, ownCa, crl, ownCrl].join('\0') };
}

/** Files whose change is a reason to load anew. */
export function watchedFiles({ stateDir, files }: CredentialSource): string[] {
	const own = ['ca.pem', 'ca.key', 'server/cert.pem', 'server/key.pem', REVOCATIONS_FILE];
	return [...own.map((file) => join(stateDir, file)), ...namesOfFiles(files)];
}

async function read(
	file: string | undefined,
	pem: string | undefined,
	authorities: string,
	now: Date,
): Promise<Revocations> {
	if (pem === undefined) return NO_REVOCATIONS;
	try {
		return await readRevocations(pem, authorities, now);
	} catch (cause) {
		throw new Error(`${file} ${cause instanceof Error ? cause.message : cause}`, { cause });
	}
}
