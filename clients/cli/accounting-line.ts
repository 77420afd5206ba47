import { toJson } from '@bufbuild/protobuf';
import { type Accounting, AccountingSchema, EndReason } from '../typescript/index.js';

/** What became of a trace, for people. Counts are of events. */
export interface FinalAccounting {
	readonly fired: bigint;
	readonly matched: bigint;
	/** Sent on this reader's stream. */
	readonly sent: bigint;
	/** Seen by the node's programs and lost: to the rate limit, full buffers, failing filters or a slow reader. */
	readonly lost: bigint;
	/** Hits the kernel did not run the programs for; undefined when it does not count them. */
	readonly missed: bigint | undefined;
	readonly reason: EndReason;
	/** All of it. */
	readonly accounting: Accounting;
}

/** Sums up an accounting; `sent` counts when it says nothing of a subscription. */
export function sumUp(accounting: Accounting, reason: EndReason, sent: bigint): FinalAccounting {
	const { total, subscription } = accounting;
	return {
		fired: total?.fired ?? 0n,
		matched: total?.matched ?? 0n,
		sent: subscription?.sent ?? sent,
		lost: lostOf(accounting),
		missed: total?.missed,
		reason,
		accounting,
	};
}

/** Events that the programs saw and that were lost at any stage since. */
export function lostOf({ total, subscription }: Accounting): bigint {
	const evicted = subscription?.evicted ?? 0n;
	if (total === undefined) return evicted;
	const { rateLimited, ringFull, startLost, filterError } = total;
	return rateLimited + ringFull + startLost + filterError + evicted;
}

/** One line, for example `fired=10 matched=10 sent=9 lost=1 missed=unknown`. */
export function accountingLine({ fired, matched, sent, lost, missed }: FinalAccounting): string {
	return `fired=${fired} matched=${matched} sent=${sent} lost=${lost} missed=${missed ?? 'unknown'}`;
}

/** The same as one line of JSON, with the full accounting in protobuf's canonical JSON. */
export function accountingJson({
	fired,
	matched,
	sent,
	lost,
	missed,
	reason,
	accounting,
}: FinalAccounting): string {
	return JSON.stringify({
		fired: Number(fired),
		matched: Number(matched),
		sent: Number(sent),
		lost: Number(lost),
		missed: missed === undefined ? null : Number(missed),
		reason: endReasonName(reason),
		accounting: toJson(AccountingSchema, accounting, { alwaysEmitImplicit: true }),
	});
}

/** Name of a reason in small letters, for example "lease_expired". */
export function endReasonName(reason: EndReason): string {
	const name: string | undefined = EndReason[reason];
	return name?.toLowerCase() ?? `reason ${reason}`;
}
