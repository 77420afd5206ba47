import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONSUMER_CPU } from './machine.js';
import { BENCH_DIRECTORY, PEERS_DIRECTORY } from './paths.js';
import type { Child, Output, Processes } from './processes.js';
import type { NotAvailable } from './row.js';

/** A tool of today that prints opens on the same machine. */
export interface Peer {
	readonly name: string;
	/** Starts it where consumers run; `isPrompt`: every line leaves at once, instead of when some KiB have come. */
	readonly start: (isPrompt: boolean, output: Output) => Promise<Child>;
}

/** The tools, in a Debian of their own. */
export interface Peers {
	/** Debian's name of it. */
	readonly suite: string;
	/** Packages with versions. */
	readonly versions: readonly string[];
	readonly peers: readonly Peer[];
	/** Starts bpftrace with a script, where consumers run; undefined: it is left out. Into a file it writes when some KiB have come. */
	readonly bpftrace: ((script: string, file?: number) => Promise<Child>) | undefined;
}

/** A Debian is downloaded. */
const INSTALL_MS = 900_000;
const VERSION_MS = 10_000;
// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in.
const VERSION_FORMAT = '${Package} ${Version}\n';
export const PEER_NAMES = ['bpftrace, text', 'bpftrace, JSON', 'opensnoop'] as const;

/** Installs the tools where that has not been done yet. */
export async function findPeers(processes: Processes): Promise<Peers> {
	const made = await processes.run('peers.sh', join(PEERS_DIRECTORY, 'peers.sh'), [], INSTALL_MS);
	const [suite = '', root = ''] = made.trim().split(' ');
	const enter = join(PEERS_DIRECTORY, 'enter-peers.sh');
	const query = ['dpkg-query', '--show', '--showformat', VERSION_FORMAT, 'bpftrace', 'libbpf-tools'];
	const versions = await processes.run('dpkg-query', enter, [root, ...query], VERSION_MS);

	const script = readFileSync(join(BENCH_DIRECTORY, 'opens.bt'), 'utf8');
	const bpftrace = (format: string) => (isPrompt: boolean) => [
		...['bpftrace', '-q', '-f', format, '-B', isPrompt ? 'line' : 'full'],
		...['-e', script],
	];
	const opensnoop = (isPrompt: boolean) => [
		...(isPrompt ? ['stdbuf', '-oL'] : []),
		// Bookworm names it without the suffix. With the fields that it has of ours.
		existsSync(join(root, 'usr/sbin/opensnoop-libbpf')) ? 'opensnoop-libbpf' : 'opensnoop',
		...['-T', '-U', '-e'],
	];
	const [text, json, snoop] = PEER_NAMES;
	const commands = [
		{ name: text, command: bpftrace('text') },
		{ name: json, command: bpftrace('json') },
		{ name: snoop, command: opensnoop },
	];
	return {
		suite,
		versions: versions.trim().split('\n'),
		bpftrace: (text, file) => {
			const buffering = file === undefined ? 'line' : 'full';
			const command = ['bpftrace', '-q', '-B', buffering, '-e', text];
			const args = ['--cpu-list', String(CONSUMER_CPU), enter, root, ...command];
			return processes.start('bpftrace', 'taskset', args, file);
		},
		peers: commands.map(({ name, command }) => ({
			name,
			start: (isPrompt, output) => {
				const args = ['--cpu-list', String(CONSUMER_CPU), enter, root, ...command(isPrompt)];
				return processes.start(name, 'taskset', args, output);
			},
		})),
	};
}

/** The same tools, if they cannot be had: each row then says why. */
export function missingPeers({ unavailable }: NotAvailable): Peers {
	const start = () => Promise.reject(new Error(unavailable));
	return { suite: '', versions: [], peers: PEER_NAMES.map((name) => ({ name, start })), bpftrace: start };
}
