import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect, type SondeClient } from '../../clients/typescript/index.js';
import { type Child, type Hooks, startChild } from '../e2e/child.js';
import { SONDE, temporaryDirectory } from '../e2e/node.js';

const MEMORY_PROBE = new URL('memory-probe.js', import.meta.url).href;
/** Programs of this folder, compiled. */
export const READER = fileURLToPath(new URL('reader.js', import.meta.url));

/** What the node's process has in memory after all garbage was collected. */
export interface Memory {
	/** Of JavaScript, in use. */
	readonly heapBytes: number;
	/** Resident, before the collection. */
	readonly beforeBytes: number;
	/** Resident, after it. */
	readonly residentBytes: number;
}

/** The node under test, a process of its own. */
export interface SoakNode {
	readonly process: Child;
	/** host:port */
	readonly address: string;
	readonly identity: string;
	/** For calls with one answer. */
	readonly client: SondeClient;
	/** For streams: slow ones hold up others of their connection, which is how HTTP/2 works. */
	readonly streams: SondeClient;
	/** Collects garbage. */
	memory(): Promise<Memory>;
}

/** Starts one as users do, but for the memory probe; it ends with the scope, and with this process whatever happens. */
export async function startSoakNode(scope: Hooks): Promise<SoakNode> {
	const stateDir = temporaryDirectory(scope);
	const serve = startChild(
		scope,
		// In a session of its own: Ctrl-C reaches the soak alone, which ends the node itself.
		'setsid',
		['setpriv', '--pdeathsig', 'TERM', SONDE, 'serve', '--listen', '127.0.0.1:0', '--state', stateDir],
		{ ...process.env, NODE_OPTIONS: `--import=${MEMORY_PROBE}` },
	);
	const [, port] = await serve.untilStderr(/"port":(\d+)/);
	const address = `127.0.0.1:${port}`;
	const identity = join(stateDir, 'identities/admin');
	const client = connect({ address, identity });
	const streams = connect({ address, identity });
	scope.after(() => {
		client.close();
		streams.close();
	});
	let asked = 0;
	return {
		process: serve,
		address,
		identity,
		client,
		streams,
		async memory() {
			const line = ++asked;
			serve.process.kill('SIGUSR2');
			const [, text = ''] = await serve.untilStdout(new RegExp(`^(?:.*\\n){${line - 1}}(.*)\\n`));
			const memory: Memory = JSON.parse(text);
			return memory;
		},
	};
}
