import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { ServiceError } from '../error.js';
import { type AuditEntry, auditLine } from './audit-entry.js';
import { createAuditFile } from './audit-file.js';
import type { AuditSettings, AuditTarget } from './audit-settings.js';
import { createAuditStdout } from './audit-stdout.js';
import type { LineWriter } from './line-writer.js';
import { createRepetitions, REPETITION_LIMITS, type RepetitionLimits } from './repetitions.js';

/** Who did what, in lines of JSON, apart from the log. */
export interface Audit {
	/**
	 * Writes a line, and returns when it is written. Of what is not "ok" and comes too fast from one address, the sum is
	 * written later; what cannot be written is counted.
	 *
	 * @returns false when what it is about must not happen, and be undone if it has: it is not written, and the audit is
	 * required. What ends something happens all the same.
	 */
	write(entry: AuditEntry): boolean;
	/** Whether `write` can be expected to return true. Tries, after a failure, whether it works again. */
	isWritable(): boolean;
	/** Before a trace is started or updated. @throws ServiceError AUDIT_UNAVAILABLE. */
	requireWritable(): void;
	/** Opens the file by its name again, after logrotate or the like. @throws Error that says why not; the old one stays. */
	reload(): void;
	totals(): AuditTotals;
	/** Writes the sums that are left. */
	close(): void;
}

/** Since the start. */
export interface AuditTotals {
	readonly lines: bigint;
	/** Entries that could not be written; those of a sum as many. */
	readonly failures: bigint;
	/** Refusals that are in sums instead of lines of their own. */
	readonly summed: bigint;
}

/** How a test's audit differs from a node's. */
export interface AuditOptions {
	readonly repetitions?: RepetitionLimits;
	/** The log has a line about failures at most so often, ms. */
	readonly logEveryMs?: number;
}

const LOG_EVERY_MS = 60_000;

/** Opens it. @throws Error with one line when it is required and cannot be opened. */
export function createAudit(
	{ target, required }: AuditSettings,
	log: Logger,
	{ repetitions = REPETITION_LIMITS, logEveryMs = LOG_EVERY_MS }: AuditOptions = {},
): Audit {
	const run = randomBytes(4).toString('hex');
	const refusals = createRepetitions(repetitions);
	let sequence = 0;
	let [lines, failures, summed] = [0n, 0n, 0n];
	/** Entries that are lost since the last line that is written. */
	let lost = 0;
	let loggedMs = Number.NEGATIVE_INFINITY;
	let writer: LineWriter | undefined;

	try {
		writer = openWriter(target, log);
	} catch (error) {
		if (required) throw new Error(`cannot open the audit: ${messageOf(error)}`, { cause: error });
		log.error({ cause: messageOf(error) }, 'the audit cannot be opened');
	}

	function writeLine(entry: AuditEntry): void {
		writer ??= openWriter(target, log);
		writer.write(auditLine(entry, { time: new Date(), run, sequence: sequence + 1 }));
		sequence++;
		lines++;
	}

	/** Before the next line, so that whoever reads it knows where something is missing. */
	function sayLost(): void {
		if (lost === 0) return;
		// This line is short, so that it says little about the next one.
		writer?.requireRoom();
		writeLine({ event: 'lost', outcome: 'AUDIT_UNAVAILABLE', repeated: lost });
		lost = 0;
	}

	function tryToWrite(entry: AuditEntry): boolean {
		try {
			sayLost();
			writeLine(entry);
			return true;
		} catch (error) {
			const count = entry.repeated ?? 1;
			failures += BigInt(count);
			lost += count;
			// Its number is used up, so that its place stays empty.
			sequence++;
			logFailure(error);
			return false;
		}
	}

	function logFailure(error: unknown): void {
		if (performance.now() - loggedMs < logEveryMs) return;
		loggedMs = performance.now();
		log.error({ cause: messageOf(error), failures: String(failures) }, 'audit lines cannot be written');
	}

	function writeSums(): void {
		for (const sum of refusals.sums()) tryToWrite(sum);
	}

	const timer = setInterval(writeSums, repetitions.periodMs).unref();

	function isWritable(): boolean {
		try {
			writer ??= openWriter(target, log);
			sayLost();
			return true;
		} catch (error) {
			logFailure(error);
			return false;
		}
	}

	return {
		write(entry) {
			// What fails costs its caller nothing, and must not push the rest out of the files.
			if (entry.outcome !== 'ok' && !refusals.admit(entry, new Date())) {
				summed++;
				return true;
			}
			return tryToWrite(entry) || !required;
		},
		isWritable,
		requireWritable() {
			if (!required || isWritable()) return;
			const message =
				'the audit cannot be written, so nothing is started or changed; the node’s log says why';
			throw new ServiceError('AUDIT_UNAVAILABLE', message);
		},
		reload() {
			if (writer === undefined) writer = openWriter(target, log);
			else writer.reopen();
		},
		totals: () => ({ lines, failures, summed }),
		close() {
			clearInterval(timer);
			writeSums();
			writer?.close();
			writer = undefined;
		},
	};
}

function openWriter(target: AuditTarget, log: Logger): LineWriter {
	return target.kind === 'file' ? createAuditFile(target, log) : createAuditStdout();
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
