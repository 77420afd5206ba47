import { open, rename, rm } from 'node:fs/promises';

/** Writes a file that only this user can read, whole or not at all, into a folder that is there. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
	// Always the same name: what a crash leaves behind is overwritten by the next one.
	const temporary = `${path}.tmp`;
	await rm(temporary, { force: true });
	const handle = await open(temporary, 'wx', 0o600);
	try {
		await handle.writeFile(text);
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(temporary, path);
}
