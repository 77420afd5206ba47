import { existsSync } from 'node:fs';
import { z } from 'zod';
import { CONSUMER_CPU } from './machine.js';
import { programPath } from './paths.js';
import type { Processes } from './processes.js';

const resultSchema = z.looseObject({
	encoder: z.looseObject({
		/** On one core. */
		eventsPerSecond: z.number().positive(),
		bytesPerEvent: z.number().positive(),
	}),
});

/** The native encoder alone; other parts that the program measures are kept as they are. */
export type EncoderResult = z.infer<typeof resultSchema>;

const PROGRAM = 'encoder_bench';
const SLACK_MS = 60_000;

/** Measures the encoder. @throws Error when the program has not been built. */
export async function measureEncoder(processes: Processes, seconds: number): Promise<EncoderResult> {
	const program = programPath(PROGRAM);
	if (!existsSync(program)) throw new Error(`there is no ${PROGRAM} in this tree`);
	const args = ['--cpu-list', String(CONSUMER_CPU), program, String(seconds)];
	// It may measure several parts, each so long.
	const output = await processes.run(PROGRAM, 'taskset', args, seconds * 10_000 + SLACK_MS);
	return parseEncoderResult(output);
}

/** Reads what the program prints. */
export function parseEncoderResult(output: string): EncoderResult {
	return resultSchema.parse(JSON.parse(output));
}
