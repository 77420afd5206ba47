import { z } from 'zod';

const count = z.number().int().nonnegative();
const positive = z.number().positive();
const used = { seconds: positive, serverCpuNs: count, clientCpuNs: count };
/** Whole readings of what was retained, all together. */
const readingSchema = z.object({ events: positive, bytes: positive, ...used });

export const resumeSchema = z.object({
	fromOldest: readingSchema,
	fromMiddle: readingSchema,
	/** Connections that resumed and took one message each. */
	reconnects: z.object({ count: positive, bytes: positive, ...used }),
});

/** What a client that comes back got of an ended trace. */
export type Resume = z.infer<typeof resumeSchema>;
export type Reading = Resume['fromOldest'];
