import { z } from 'zod';
import { runLoad } from './load.js';
import { scriptPath } from './paths.js';
import type { Processes } from './processes.js';
import { startNode } from './service.js';

/** Events in a batch at most: few, to see the cost of a batch, and as a trace has it by default. */
export const HANDOVER_BATCH_EVENTS = [16, 64, 4096] as const;

const positive = z.number().positive();
const resultSchema = z.array(
	z.object({
		maxEvents: positive,
		batchesPerSecond: positive,
		/** Of serialized messages. */
		bytesPerSecond: positive,
		/** Of the thread that runs JavaScript. */
		cpuUsPerBatch: positive,
	}),
);

/** The way of batches from the native thread to serialized gRPC messages, by the size of batches. */
export type HandoverResult = z.infer<typeof resultSchema>;

const SLACK_SECONDS = 30;

/** Measures the hand-over of batches for so many seconds with each size. */
export async function measureHandover(processes: Processes, seconds: number): Promise<HandoverResult> {
	const script = scriptPath('handover');
	const child = await startNode(processes, 'handover', { script, args: [String(seconds)] });
	// Starting takes less than that; the load runs on until the last size is measured.
	await runLoad(processes, HANDOVER_BATCH_EVENTS.length * (seconds + 1) + 1);
	await child.end(SLACK_SECONDS * 1000);
	child.check();
	return resultSchema.parse(JSON.parse(child.stdout()));
}
