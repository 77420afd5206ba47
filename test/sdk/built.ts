import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../service/paths.js';

/** Where run.sh puts what it builds. */
const BUILT = join(PACKAGE_ROOT, 'dist/test/sdk');

/** Programs of other languages. */
export const PYTHON = join(BUILT, 'venv/bin/python');
export const GO_EXAMPLE = join(BUILT, 'bin/go-example');
export const GO_STUB_CLIENT = join(BUILT, 'bin/go-stub-client');

/** An environment in which Python finds the package with the stubs. */
export const PYTHON_ENV: NodeJS.ProcessEnv = { ...process.env, PYTHONPATH: join(BUILT, 'site') };

/** A tool that somebody else made, and the reason to skip its test when it cannot be had. */
export function builtTool(name: string): { readonly command: string; readonly skip: string | false } {
	const command = join(BUILT, 'bin', name);
	if (existsSync(command)) return { command, skip: false };
	const log = readFileSync(`${command}.log`, 'utf8').trimEnd();
	return { command, skip: `${name} cannot be built: ${log.slice(log.lastIndexOf('\n') + 1)}` };
}
