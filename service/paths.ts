import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const Manifest = z.object({ name: z.string() });

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
		if (existsSync(manifest)) {
			const parsed = Manifest.safeParse(JSON.parse(readFileSync(manifest, 'utf8')));
			if (parsed.data?.name === name) return folder;
		}
		if (folder === dirname(folder)) {
			throw new Error(`no package.json of "${name}" in ${start} or above; install the package whole`);
		}
	}
}
