import { access, mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { IdentityRequestError } from './identity-request.js';
import type { IdentityRequest } from './identity-store.js';
import type { KeyPair } from './key-pair.js';
import { writePrivateFile } from './private-file.js';
import type { StateDirectory } from './state-directory.js';

/** What the directory of an identity holds; all PEM. */
export interface IdentityFiles extends KeyPair {
	/** By what its holder knows the node. */
	readonly ca: string;
}

/**
 * Makes the directory of an identity, and gives what writes its files: cert.pem, key.pem, ca.pem. What is in the way is
 * found before anything is issued.
 *
 * @param directory Absolute.
 * @throws IdentityRequestError when it holds an identity and none is renewed, or cannot be made; StateDirectoryError.
 */
export async function prepareIdentity(
	state: StateDirectory,
	directory: string,
	{ name, renew = false }: Pick<IdentityRequest, 'name' | 'renew'>,
): Promise<(files: IdentityFiles) => Promise<void>> {
	const inside = relative(state.path, directory);
	const isInside = inside === '' || !inside.startsWith('..');
	if (isInside && inside !== `identities/${name}`) {
		throw new IdentityRequestError(
			`${directory} is in the state directory, beside the node's own keys; give another directory`,
		);
	}
	if (!isInside) await prepare(directory, renew);
	return async ({ cert, key, ca }) => {
		// The certificate last: until it is there, nobody takes the key for its own.
		for (const [file, text] of Object.entries({ 'ca.pem': ca, 'key.pem': key, 'cert.pem': cert })) {
			if (isInside) await state.write(join(inside, file), text);
			else await writePrivateFile(join(directory, file), text);
		}
	};
}

async function prepare(directory: string, renew: boolean): Promise<void> {
	try {
		await mkdir(directory, { recursive: true, mode: 0o700 });
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new IdentityRequestError(`cannot make the directory ${directory}: ${reason}`, { cause });
	}
	const hasKey = await access(join(directory, 'key.pem')).then(
		() => true,
		() => false,
	);
	if (hasKey && !renew) {
		throw new IdentityRequestError(`${directory} holds the key of an identity; give another directory`);
	}
}
