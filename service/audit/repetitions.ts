import { networkOf } from '../abuse/login-delay.js';
import type { AuditEntry } from './audit-entry.js';

/** How much that failed is written each, in one period; the rest is summed up. */
export interface RepetitionLimits {
	readonly periodMs: number;
	/** Of one address and event. */
	readonly linesOfAddress: number;
	/** Of all addresses: an attacker can have many. */
	readonly lines: number;
	/** Addresses that are told apart when they are summed up; the rest are one. */
	readonly addresses: number;
}

export const REPETITION_LIMITS: RepetitionLimits = {
	periodMs: 10_000,
	linesOfAddress: 20,
	// With the sums some 50 KB/s at most, so that eight files of 64 MiB last for three hours of an attack.
	lines: 200,
	addresses: 1000,
};

/** What failed and comes too fast to be written each. */
export interface Repetitions {
	/** Whether to write it; else it is counted for the sums. */
	admit(entry: AuditEntry, now: Date): boolean;
	/** What was counted in the period, for the log; the next period begins. */
	sums(): AuditEntry[];
}

interface Sum {
	first: AuditEntry;
	readonly since: Date;
	repeated: number;
}

/** Counts from now on; `sums` is to be called once in each period. */
export function createRepetitions(limits: RepetitionLimits): Repetitions {
	let lines = 0;
	const admitted = new Map<string, number>();
	const sums = new Map<string, Sum>();

	return {
		admit(entry, now) {
			const address = networkOf(entry.address ?? '');
			const key = `${entry.event} ${address}`;
			const before = admitted.get(key) ?? 0;
			if (before < limits.linesOfAddress && lines < limits.lines) {
				admitted.set(key, before + 1);
				lines++;
				return true;
			}
			const known = sums.get(key);
			const isOwn = known !== undefined || sums.size < limits.addresses;
			const sumKey = isOwn ? key : entry.event;
			const sum = isOwn ? known : sums.get(sumKey);
			if (sum === undefined) {
				const first = { ...entry, request: undefined, address: isOwn ? address : 'several' };
				sums.set(sumKey, { first, since: now, repeated: 1 });
			} else {
				sum.repeated++;
				sum.first = common(sum.first, entry);
			}
			return false;
		},
		sums() {
			const entries = [...sums.values()].map(({ first, since, repeated }) => ({ ...first, since, repeated }));
			lines = 0;
			admitted.clear();
			sums.clear();
			return entries;
		},
	};
}

/** What is the same of all that are summed up. */
function common(a: AuditEntry, b: AuditEntry): AuditEntry {
	const same = <T>(x: T, y: T) => (x === y ? x : undefined);
	return {
		event: a.event,
		address: a.address,
		principal: same(a.principal, b.principal),
		kind: same(a.kind, b.kind),
		method: same(a.method, b.method),
		role: same(a.role, b.role),
		traceId: same(a.traceId, b.traceId),
		outcome: same(a.outcome, b.outcome) ?? 'several',
	};
}
