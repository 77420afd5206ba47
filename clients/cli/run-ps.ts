import { setTimeout as sleep } from 'node:timers/promises';
import { toJson } from '@bufbuild/protobuf';
import { type SondeClient, type Trace, TraceSchema } from '../typescript/index.js';
import { createOutput, type Output } from './output.js';
import type { PsOptions } from './ps.js';
import { listenForStop } from './stop-signals.js';
import { traceList } from './trace-list.js';
import { withClient } from './with-client.js';

const WATCH_EVERY_MS = 1_000;
/** ECMA-48: cursor to the first place, and erase to the end of the screen. */
const HOME = '\x1b[H';
const ERASE = '\x1b[J';

/** `sonde ps`. */
export async function runPs(options: PsOptions): Promise<void> {
	const stdout = createOutput(process.stdout);
	await withClient(options, async (client) => {
		const show = async (prefix: string) => {
			await stdout.write(prefix + formatTraces(await listTraces(client), options, stdout));
		};
		if (!options.watch) return show('');
		const signals = listenForStop();
		try {
			while (!signals.stop.aborted && !stdout.closed.aborted) {
				await show(process.stdout.isTTY ? HOME + ERASE : '');
				await sleep(WATCH_EVERY_MS, undefined, { signal: signals.stop }).catch(() => undefined);
			}
		} finally {
			signals.dispose();
		}
	});
}

function formatTraces(traces: readonly Trace[], { output }: PsOptions, { columns }: Output): string {
	if (output === 'table') return traceList(traces, Date.now(), columns);
	const json = traces.map((trace) => toJson(TraceSchema, trace, { alwaysEmitImplicit: true }));
	return `${JSON.stringify(json, null, 2)}\n`;
}

async function listTraces(client: SondeClient): Promise<Trace[]> {
	const all: Trace[] = [];
	for await (const trace of client.listTraces()) all.push(trace);
	return all;
}
