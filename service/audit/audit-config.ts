import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** `audit` in the configuration file. */
export type AuditConfig = z.output<typeof auditSchema>;

/** A start of a trace can take 5 KiB: smaller files would be put aside all the time. */
const MIN_FILE_BYTES = 64 * 1024;
const MAX_FILE_BYTES = 2 ** 40;
const MAX_KEPT = 1000;

export const auditSchema = z
	.strictObject({
		file: z.string().refine(isAbsolute, 'must be an absolute path'),
		stdout: z.literal(true, 'must be true, or not be there'),
		max_bytes: z.number().int().min(MIN_FILE_BYTES).max(MAX_FILE_BYTES),
		keep: z.number().int().min(1).max(MAX_KEPT),
		sync: z.boolean(),
		required: z.boolean(),
	})
	.partial()
	.superRefine(({ stdout, file, max_bytes, keep, sync }, context) => {
		if (stdout && [file, max_bytes, keep, sync].some((each) => each !== undefined)) {
			context.addIssue('with stdout there is no file, and no max_bytes, keep or sync of it');
		}
	});
