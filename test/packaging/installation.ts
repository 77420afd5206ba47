import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { runCommand } from './run-command.js';

/** What the image's final stage gets from the one that builds. */
export interface Installation {
	/** Stands for /opt/sonde. */
	readonly directory: string;
	remove(): void;
}

/** Where the build stage installs, and the final stage copies from. */
const TARGET = '/opt/sonde';

/** Runs the commands of the Dockerfile's first stage on a copy of the files that the image's build would be sent. */
export async function installAsImage(): Promise<Installation> {
	const root = mkdtempSync(join(tmpdir(), 'sonde-image-'));
	const context = join(root, 'src');
	const directory = join(root, 'opt');
	try {
		// The node of the tests is another user.
		chmodSync(root, 0o755);
		for (const file of await contextFiles()) {
			mkdirSync(dirname(join(context, file)), { recursive: true });
			cpSync(join(PACKAGE_ROOT, file), join(context, file));
		}
		const command = buildCommand().replaceAll(TARGET, directory);
		const { code, output } = await runCommand('sh', ['-c', command], context);
		if (code !== 0) throw new Error(`${command} failed: ${output}`);
	} catch (error) {
		rmSync(root, { recursive: true, force: true });
		throw error;
	}
	return { directory, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** The RUN lines of the first stage. */
function buildCommand(): string {
	const [, stage = ''] = readFileSync(join(PACKAGE_ROOT, 'Dockerfile'), 'utf8').split(/^FROM .*$/m);
	const commands = [...stage.matchAll(/^RUN (.*)$/gm)].map(([, command]) => command);
	if (commands.length === 0) throw new Error('the first stage of the Dockerfile runs nothing');
	return commands.join(' && ');
}

/** What git would keep, without what .dockerignore names; its patterns with wildcards are about ignored files only. */
async function contextFiles(): Promise<string[]> {
	const { output } = await runCommand('git', ['ls-files', '--cached', '--others', '--exclude-standard']);
	const ignored = readFileSync(join(PACKAGE_ROOT, '.dockerignore'), 'utf8')
		.split('\n')
		.filter((line) => line !== '' && !/[#*]/.test(line));
	return output
		.trimEnd()
		.split('\n')
		.filter((file) => !ignored.some((name) => file === name || file.startsWith(`${name}/`)));
}
