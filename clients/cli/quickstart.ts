// npm run quickstart: a node of its own on loopback, a trace of file opens by a client in another process, the end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const SONDE = fileURLToPath(new URL('main.js', import.meta.url));
const START_MS = 30_000;
const STOP_MS = 10_000;
const TRACE_FOR = '5s';
/** Between two opens of our own, so that an idle machine has something to show, ms. */
const OPEN_EVERY_MS = 500;

const say = (text: string) => process.stderr.write(`${text}\n`);

const directory = mkdtempSync(join(tmpdir(), 'sonde-quickstart-'));
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
try {
	process.exitCode = await quickstart(join(directory, 'state'));
} finally {
	rmSync(directory, { recursive: true, force: true });
}

async function quickstart(state: string): Promise<number> {
	const node = startNode(state);
	try {
		const address = await node.address;
		say(
			`A node listens on ${address} with certificates of its own. A client in another process traces, over`,
		);
		say(`mutual TLS, every file that any process of this machine opens, for ${TRACE_FOR}:`);
		say('');
		const code = await trace(address, join(state, 'identities/admin'));
		say('');
		say('To go on: npx --no-install sonde serve, then npx --no-install sonde trace file.open');
		return code;
	} catch (error) {
		// The node says itself, in one line, why it cannot run here.
		say(error instanceof Error ? error.message : String(error));
		return 1;
	} finally {
		await node.end();
	}
}

function startNode(state: string) {
	const args = ['serve', '--listen', '127.0.0.1:0', '--state', state];
	const child = spawn(SONDE, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
	let log = '';
	const address = new Promise<string>((resolve, reject) => {
		child.stderr.setEncoding('utf8').on('data', (text: string) => {
			log += text;
			const port = /"port":(\d+)/.exec(log)?.[1];
			if (port !== undefined) resolve(`127.0.0.1:${port}`);
		});
		child.once('close', () => reject(new Error(log.trim() || 'the node ended without a word')));
		child.once('error', reject);
		sleep(START_MS, undefined, { ref: false }).then(() =>
			reject(new Error(`no answer from the node: ${log}`)),
		);
	});
	return { address, end: () => endChild(child) };
}

async function trace(address: string, identity: string): Promise<number> {
	const args = ['trace', 'file.open', '--for', TRACE_FOR, '--node', address, '--identity', identity];
	const child = spawn(SONDE, args, { stdio: 'inherit', detached: true });
	const opens = setInterval(() => readFileSync('/etc/hostname'), OPEN_EVERY_MS);
	// The command stops its trace on the node before it ends.
	stop.signal.addEventListener('abort', () => child.kill('SIGINT'));
	try {
		const [code] = await once(child, 'close');
		return typeof code === 'number' ? code : 1;
	} finally {
		clearInterval(opens);
	}
}

async function endChild(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = once(child, 'close');
	const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
	child.kill('SIGTERM');
	await ended;
	clearTimeout(timer);
}
