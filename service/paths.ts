import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the package's root, wherever the compiled code lies below it. */
export const PACKAGE_ROOT = findPackageRoot(dirname(fileURLToPath(import.meta.url)), 'sonde');

/**
 * Walks up from `start` to the first folder whose package.json has this name.
 *
 * @throws Error when there is none.
 */
export function findPackageRoot(start: string, name: string): string {
	for (let folder = start; ; folder = dirname(folder)) {
		const manifest = join(folder, 'package.json');
		if (existsSync(manifest) && readManifest(manifest).name === name) return folder;
		if (folder === dirname(folder)) {
			throw new Error(`no package.json of "${name}" in ${start} or above; install the package whole`);
		}
	}
}

/** What a package.json says. */
export interface Manifest {
	readonly name: string;
	readonly version: string;
}

/** Reads a package.json; what it does not say is empty. */
export function readManifest(file: string): Manifest {
	const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
	const read = (key: string) => {
		const value = typeof content === 'object' && content !== null ? Reflect.get(content, key) : undefined;
		return typeof value === 'string' ? value : '';
	};
	return { name: read('name'), version: read('version') };
}
