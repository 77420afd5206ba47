import { release } from 'node:os';
import { isKernelAtLeast } from '../catalog/kernel-version.js';
import { loadNative } from '../native.js';
import { CAP_SETPCAP, hasCapability, usefulCapabilities } from './capabilities.js';
import { perfEventParanoid } from './perf-event-paranoid.js';
import { ownPrivileges, type ProcessPrivileges } from './process-privileges.js';

/** In the environment of a process that has started again: its id, which execve does not change. */
const RESTARTED = 'SONDE_RESTARTED';

/**
 * Gives up all capabilities but those that a node can make use of, in all threads, and keeps the process from ever having
 * more. Where there is anything to give up the process starts again, with the same id and arguments: call this first. What
 * systemd has started with just these stays as it is.
 *
 * @param options port: that will be listened on.
 * @throws Error with a message of one line when they cannot be given up.
 */
export function dropPrivileges({ port }: { readonly port: number }): void {
	const own = ownPrivileges();
	const host = { release: release(), perfEventParanoid: perfEventParanoid(), port, held: own.permitted };
	const kept = usefulCapabilities(host);
	if (isReduced(own, kept)) return;
	if (process.env[RESTARTED] === String(process.pid)) {
		const left = (own.permitted & ~kept).toString(16);
		throw new Error(`the capabilities of this process could not be given up: it still has ${left}`);
	}
	process.env[RESTARTED] = String(process.pid);
	loadNative().restartWith({
		capabilities: kept,
		// libbpf raises it where that is needed, but with a capability that is given up here.
		unlimitedLockedMemory: !isKernelAtLeast(release(), 5, 11),
		program: process.execPath,
		arguments: [process.argv0, ...process.execArgv, ...process.argv.slice(1)],
	});
}

/** Whether there is nothing to give up. */
export function isReduced(own: ProcessPrivileges, kept: bigint): boolean {
	const sets = [own.permitted, own.effective, own.inheritable, own.ambient];
	// Who cannot limit it has to leave it; with no_new_privs nothing comes of it.
	if (hasCapability(own.effective, CAP_SETPCAP)) sets.push(own.bounding);
	return own.noNewPrivileges && sets.every((set) => (set & ~kept) === 0n);
}
