import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { type Hooks, startChild } from '../e2e/child.js';

/** A tool of today, and how it is read. */
export interface Peer {
	readonly name: string;
	/** In its own Debian; for a tool that is told which process to look at, it is the workload's. */
	command(pid: number): readonly string[];
	/** What it prints to standard output when it has attached all of its programs. */
	readonly attached: RegExp;
	/** How many events it says to have lost. */
	lost(output: string): number;
}

/** A tool that runs. */
export interface RunningPeer {
	/** The whole lines that it has printed so far. */
	output(): string;
	/** Ends it, and gives all that it has printed and how many events may be lacking there. */
	stop(): Promise<{ readonly output: string; readonly lacking: number }>;
}

/** Why a tool cannot be compared with, in its own words. */
export class PeerUnavailable extends Error {}

const ENTER = join(PACKAGE_ROOT, 'test/peers/enter-peers.sh');
const { SONDE_PEERS: root, SONDE_NO_PEERS: noPeers } = process.env;
/** A tool that has not attached by then waits for something that does not come. */
const ATTACH_MS = 30_000;
/** One that has not ended by then after an interrupt never would: the test says that it was killed. */
const STOP_MS = 20_000;
/** What libbpf says where a kernel has no probes on functions; any other end of a tool is an error. */
const NEEDS_PROBES = /failed to .*(?:kprobe|fentry|trampoline).*/;

/** Starts a tool for a workload, whose main process has this id; resolves when it is attached. */
export async function startPeer(t: Hooks, peer: Peer, pid: number): Promise<RunningPeer> {
	if (root === undefined) throw new PeerUnavailable(noPeers ?? 'run by test/comparison/run.sh only');
	const [program = '', ...args] = peer.command(pid);
	// All that is printed leaves at once, also where the tool itself would wait for some KiB.
	const child = startChild(t, ENTER, [root, 'stdbuf', '-oL', nameOf(root, program), ...args]);
	const giveUp = AbortSignal.timeout(ATTACH_MS);
	const late = () => child.process.kill('SIGKILL');
	giveUp.addEventListener('abort', late);
	try {
		await child.untilStdout(peer.attached);
	} catch {
		const said = `${child.stderr()}${child.stdout()}`;
		const [reason] = NEEDS_PROBES.exec(said) ?? [];
		if (reason !== undefined) throw new PeerUnavailable(`${peer.name}: ${reason}`);
		throw new Error(`${peer.name} did not attach: ${said}`);
	} finally {
		giveUp.removeEventListener('abort', late);
	}
	return {
		output: () => child.stdout().slice(0, child.stdout().lastIndexOf('\n') + 1),
		async stop() {
			const skipped = await skippedRuns(child.pid);
			child.process.kill('SIGINT');
			const kill = setTimeout(() => child.process.kill('SIGKILL'), STOP_MS);
			const { code, signal, stdout, stderr } = await child.ended;
			clearTimeout(kill);
			// Some tools leave the interrupt to the system.
			if (code !== 0 && signal !== 'SIGINT' && code !== 128 + constants.signals.SIGINT) {
				throw new Error(`${peer.name} failed: ${code ?? signal} ${stderr}`);
			}
			return { output: stdout, lacking: skipped + peer.lost(`${stdout}${stderr}`) };
		},
	};
}

/** Debian calls libbpf-tools "x-libbpf" since it has other tools of these names. */
function nameOf(peers: string, program: string): string {
	return existsSync(join(peers, 'usr/sbin', `${program}-libbpf`)) ? `${program}-libbpf` : program;
}

/**
 * How often the kernel did not run a process's programs. It skips a program on a tracepoint that interrupts another one on
 * that CPU: where programs can be preempted, and in interrupts, for example the one with which a program wakes its reader.
 * No tool says so. What a tool remembers of the entry of a call it finds at its return: each event that is lacking for
 * this reason is at least one skipped run.
 */
async function skippedRuns(pid: number): Promise<number> {
	const { stdout } = await promisify(execFile)('bpftool', ['--json', 'prog', 'list'], { maxBuffer: 1 << 26 });
	const programs: { recursion_misses?: number; pids?: { pid: number }[] }[] = JSON.parse(stdout);
	return programs
		.filter(({ pids = [] }) => pids.some((holder) => holder.pid === pid))
		.reduce((sum, program) => sum + (program.recursion_misses ?? 0), 0);
}

/** Waits until what is counted has not grown for half a second: the last events are on their way for some time. */
export async function settled(count: () => number): Promise<void> {
	for (let last = -1, now = count(); now !== last; now = count()) {
		last = now;
		await sleep(500);
	}
}
