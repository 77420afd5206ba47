import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { getSystemErrorMap } from 'node:util';
import { writePrivateFile } from './private-file.js';

/** The state directory cannot be used; the message says why and what to do, in one line. */
export class StateDirectoryError extends Error {
	override readonly name = 'StateDirectoryError';
}

/** The node's private files. Every failure is a StateDirectoryError. */
export interface StateDirectory {
	readonly path: string;
	/** Absolute path of a file. */
	resolve(file: string): string;
	/** The text of a file, or undefined when there is none. */
	read(file: string): Promise<string | undefined>;
	/** Writes a file that only this user can read, whole or not at all, with the folders it needs. */
	write(file: string, text: string): Promise<void>;
}

/** A file that every state directory has, and nothing else is likely to. */
export const NODE_ID_FILE = 'node-id';

/** Whether a node has its state there. */
export function isStateDirectory(directory: string): boolean {
	return existsSync(join(directory, NODE_ID_FILE));
}

const OTHERS_BITS = 0o077;

/**
 * Opens a directory for private keys, and creates it if it is missing.
 *
 * @throws StateDirectoryError when it cannot be used, or others could read or replace the keys in it.
 */
export async function openStateDirectory(directory: string): Promise<StateDirectory> {
	const path = resolve(directory);
	const explain = (verb: string, error: unknown) => describeFailure(verb, path, error);

	async function makePrivate(folder: string): Promise<void> {
		await mkdir(folder, { recursive: true, mode: 0o700 });
		const { mode, uid } = await stat(folder);
		const self = process.geteuid?.();
		if (uid !== self) {
			throw new StateDirectoryError(
				`${folder} belongs to user ${uid}, who could replace the keys in it; ` +
					`give it to user ${self} with chown, or give another one with --state DIR`,
			);
		}
		if ((mode & OTHERS_BITS) === 0) return;
		const entries = await readdir(folder);
		// Closing a directory such as /tmp to everybody else would break the host: only our own is tightened.
		if (folder === path && entries.length > 0 && !entries.includes(NODE_ID_FILE)) {
			throw new StateDirectoryError(
				`${folder} is open to other users and holds other files; give an empty directory with --state DIR`,
			);
		}
		await chmod(folder, 0o700);
	}

	await makePrivate(path).catch((error: unknown) => {
		throw explain('write to', error);
	});

	return {
		path,
		resolve: (file) => join(path, file),

		async read(file) {
			try {
				const { mode } = await stat(join(path, file));
				if ((mode & OTHERS_BITS) !== 0) await chmod(join(path, file), 0o600);
				return await readFile(join(path, file), 'utf8');
			} catch (error) {
				if (codeOf(error) === 'ENOENT') return undefined;
				throw explain('read', error);
			}
		},

		async write(file, text) {
			const target = join(path, file);
			try {
				for (const folder of foldersBetween(path, target)) await makePrivate(folder);
				await writePrivateFile(target, text);
			} catch (error) {
				throw explain('write to', error);
			}
		},
	};
}

/** The folders below `root` that lead to `file`, outermost first. */
function foldersBetween(root: string, file: string): string[] {
	const folders: string[] = [];
	for (let folder = dirname(file); folder !== root && folder !== dirname(folder); folder = dirname(folder)) {
		folders.unshift(folder);
	}
	return folders;
}

function describeFailure(verb: string, path: string, error: unknown): StateDirectoryError {
	if (error instanceof StateDirectoryError) return error;
	const denied = ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error));
	// A node has given up what lets root write everywhere.
	const remedy = process.geteuid?.() === 0 ? 'let it be in a directory of root' : 'run as root';
	const advice = `${denied ? `${remedy} or ` : ''}give another one with --state DIR`;
	return new StateDirectoryError(
		`cannot ${verb} the state directory ${path}: ${reasonOf(error)}; ${advice}`,
		{
			cause: error,
		},
	);
}

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function reasonOf(error: unknown): string {
	// What mkdir says when a file has the directory's name.
	if (codeOf(error) === 'EEXIST') return 'not a directory';
	const errno = error instanceof Error && 'errno' in error ? Number(error.errno) : 0;
	return getSystemErrorMap().get(errno)?.[1] ?? String(error);
}
