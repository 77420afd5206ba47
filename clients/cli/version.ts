import { readFileSync } from 'node:fs';

/** The package's own description, from the compiled file's place in dist/clients/cli. */
const PACKAGE_FILE = new URL('../../../package.json', import.meta.url);

/** Version of this package. */
export function readVersion(): string {
	const description: unknown = JSON.parse(readFileSync(PACKAGE_FILE, 'utf8'));
	const hasVersion = typeof description === 'object' && description !== null && 'version' in description;
	return hasVersion ? String(description.version) : 'unknown';
}
