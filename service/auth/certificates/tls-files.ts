import { readFile } from 'node:fs/promises';
import { getSystemErrorMap } from 'node:util';

/** An operator's own certificates, in place of those that the node makes. Absolute paths of files in PEM. */
export interface TlsFiles {
	/** With its key; undefined: the node's own. */
	readonly certificate: string | undefined;
	readonly key: string | undefined;
	/** Authorities of callers; undefined: the node's own. */
	readonly clientCa: string | undefined;
	/** Signed by those. */
	readonly clientCrl: string | undefined;
}

export const NO_TLS_FILES: TlsFiles = {
	certificate: undefined,
	key: undefined,
	clientCa: undefined,
	clientCrl: undefined,
};

/** Those that are given. */
export function namesOfFiles({ certificate, key, clientCa, clientCrl }: TlsFiles): string[] {
	return [certificate, key, clientCa, clientCrl].filter((file) => file !== undefined);
}

/** Reads a file that the configuration names. @throws Error that names it and says why it cannot be read. */
export async function readTlsFile(file: string): Promise<string> {
	try {
		return await readFile(file, 'utf8');
	} catch (cause) {
		const errno = cause instanceof Error && 'errno' in cause ? Number(cause.errno) : 0;
		const reason = getSystemErrorMap().get(errno)?.[1] ?? String(cause);
		throw new Error(`cannot read ${file}: ${reason}`, { cause });
	}
}
