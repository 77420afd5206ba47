import { z } from 'zod';

const count = z.number().int().nonnegative();
const accountingSchema = z.object({
	/** Times the hook was hit. */
	fired: count,
	matched: count,
	/** Events sent to this client. */
	sent: count,
	lost: count,
	/** null: this kernel does not count them. */
	missed: count.nullable(),
});

/** What `sonde trace -o json` says at its end. */
export type CliAccounting = z.infer<typeof accountingSchema>;

/** Reads the last line that it writes to stderr. */
export function parseCliAccounting(line: string): CliAccounting {
	if (!line.startsWith('{'))
		throw new Error(`sonde trace printed no accounting: ${line || 'nothing at all'}`);
	return accountingSchema.parse(JSON.parse(line));
}
