import { stat } from 'node:fs/promises';

/** Cheap enough for a node that does nothing else: some system calls. */
const DEFAULT_EVERY_MS = 500;

/**
 * Calls back when one of these files has become another and stays so for one interval: files that belong together are
 * seldom written at once. Files are looked at, since notifications of the kernel miss files behind links and on network
 * file systems. Gives what ends it.
 *
 * @param files Paths; they may be missing.
 */
export function watchFiles(
	files: readonly string[],
	onChange: () => void,
	everyMs = DEFAULT_EVERY_MS,
): () => void {
	let isStopped = false;
	let timer: NodeJS.Timeout;
	let told: string | undefined;
	let before: string | undefined;

	async function look(): Promise<void> {
		const now = (await Promise.all(files.map(fingerprint))).join('\n');
		if (isStopped) return;
		told ??= now;
		if (now !== told && now === before) {
			told = now;
			onChange();
		}
		before = now;
		timer = setTimeout(look, everyMs).unref();
	}

	void look();
	return () => {
		isStopped = true;
		clearTimeout(timer);
	};
}

/** Changes with every way to change a file: its content, its attributes, another in its place. */
async function fingerprint(file: string): Promise<string> {
	try {
		const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
		return [dev, ino, size, mtimeNs, ctimeNs].join();
	} catch {
		return 'missing';
	}
}
