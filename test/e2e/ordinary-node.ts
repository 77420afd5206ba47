import { chownSync, readdirSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { isKernelAtLeast } from '../../service/catalog/kernel-version.js';
import { type ProcessPrivileges, parsePrivileges } from '../../service/privileges/process-privileges.js';
import { type Child, type Hooks, startChild } from './child.js';
import { nodeOf, SONDE, type TestNode, temporaryDirectory } from './node.js';

/** Any that is not root. */
export const ORDINARY_USER = 65_534;

/**
 * The command before a command that an ordinary user runs with these capabilities, and nobody limits him otherwise. Memory may
 * be locked, as the unit says.
 *
 * @param capabilities as setpriv names them, "dac_read_search".
 */
export function asOrdinaryUser(capabilities: readonly string[], lockedMemory = 'unlimited'): string[] {
	const list = ['-all', ...capabilities.map((name) => `+${name}`)].join();
	return [
		// Not every root may raise it, and later kernels do not look at it.
		...(isKernelAtLeast(release(), 5, 11) ? [] : ['prlimit', `--memlock=${lockedMemory}`]),
		'setpriv',
		...[`--reuid=${ORDINARY_USER}`, `--regid=${ORDINARY_USER}`, '--clear-groups'],
		...[`--inh-caps=${list}`, `--ambient-caps=${list}`],
	];
}

/** `sonde serve` of an ordinary user. */
export function serveAsOrdinaryUser(t: Hooks, prefix: readonly string[]): { serve: Child; stateDir: string } {
	const home = temporaryDirectory(t);
	chownSync(home, ORDINARY_USER, ORDINARY_USER);
	const stateDir = join(home, 'state');
	const [command = '', ...args] = [...prefix, SONDE, 'serve', '--listen=127.0.0.1:0', `--state=${stateDir}`];
	return { serve: startChild(t, command, args), stateDir };
}

/** A node of an ordinary user with these capabilities; its clients and its CLI are root's. */
export async function startOrdinaryNode(t: Hooks, capabilities: readonly string[]): Promise<TestNode> {
	const { serve, stateDir } = serveAsOrdinaryUser(t, asOrdinaryUser(capabilities));
	return nodeOf(t, serve, stateDir);
}

/** The privileges of each thread of a process. */
export function privilegesOfThreads(pid: number): ProcessPrivileges[] {
	return readdirSync(`/proc/${pid}/task`).map((thread) =>
		parsePrivileges(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
	);
}
