import { create } from '@bufbuild/protobuf';
import {
	AccountingSchema,
	EndReason,
	openRecording,
	parseAddress,
	type Recording,
} from '../typescript/index.js';
import { accountingJson, accountingLine, sumUp } from './accounting-line.js';
import type { EventFormat } from './event-format.js';
import { createEventOutput } from './event-output.js';
import { createOutput } from './output.js';
import type { ReplayOptions } from './replay.js';
import { type ServingOptions, withServingDefaults } from './serve-options.js';
import { showRecording } from './show-recording.js';

/** `sonde replay`. */
export async function runReplay(file: string, { serve, output, ...serving }: ReplayOptions): Promise<void> {
	const recording = await openRecording(file);
	try {
		if (serve) await serveIt(recording, withServingDefaults(serving));
		else await print(recording, output);
	} finally {
		await recording.close();
	}
}

async function print(recording: Recording, format: EventFormat): Promise<void> {
	const stdout = createOutput(process.stdout);
	const stderr = createOutput(process.stderr);
	const tally = await showRecording(recording, {
		output: createEventOutput(format, stdout),
		stderr,
		outputClosed: stdout.closed,
	});
	if (stdout.closed.aborted) return;
	const { accounting = create(AccountingSchema), ended, received } = tally;
	if (ended === undefined) {
		await stderr.write(
			'sonde: the recording ends before its trace did; what follows is of its last message\n',
		);
	}
	const sums = sumUp(accounting, ended?.reason ?? EndReason.UNSPECIFIED, received);
	await stderr.write(`${format === 'json' ? accountingJson(sums) : accountingLine(sums)}\n`);
}

async function serveIt(recording: Recording, { listen, state, logLevel }: ServingOptions): Promise<void> {
	const [{ surveyRecording }, { serveRecording }] = await Promise.all([
		import('./recorded-trace.js'),
		import('../../service/replay/serve-recording.js'),
	]);
	await serveRecording(
		{ ...parseAddress(listen), stateDir: state, logLevel },
		await surveyRecording(recording),
	);
}
