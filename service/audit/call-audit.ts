import { status } from '@grpc/grpc-js';
import type { Caller } from '../auth/caller.js';
import type { RefusedCall } from '../auth/interceptor.js';
import { ServiceError } from '../error.js';
import type { Trace } from '../traces/trace.js';
import type { Audit } from './audit.js';
import type { AuditEntry } from './audit-entry.js';

/** The audit of calls. */
export interface CallAudit {
	/** A call that did not reach its handler. */
	refused(call: RefusedCall): void;
	/** A call whose handler failed: says it when that is a denial. */
	denied(error: ServiceError, caller: Caller): void;
	/**
	 * Does what has to be in the audit, and says how it ended.
	 *
	 * @param act gives the trace that it is about.
	 * @param undo what cannot be said must not be.
	 * @throws ServiceError AUDIT_UNAVAILABLE, and what `act` throws.
	 */
	change(
		what: { readonly event: 'start' | 'update'; readonly request: unknown; readonly caller: Caller },
		act: () => Promise<Trace>,
		undo: (trace: Trace) => Promise<void>,
	): Promise<Trace>;
	/** Somebody reads the trace of another. */
	read(trace: Trace, caller: Caller): void;
	/** A trace was stopped, or that failed. It is never refused for the audit's sake. */
	stop(request: unknown, caller: Caller, act: () => Promise<Trace>): Promise<Trace>;
}

/** Of a server that keeps none. */
export const NO_CALL_AUDIT: CallAudit = {
	refused: () => {},
	denied: () => {},
	read: () => {},
	change: (_, act) => act(),
	stop: (_, __, act) => act(),
};

/** Makes one. */
export function createCallAudit(audit: Pick<Audit, 'write' | 'requireWritable'>): CallAudit {
	async function outcomeOf(facts: AuditEntry, act: () => Promise<Trace>): Promise<Trace> {
		try {
			return await act();
		} catch (error) {
			const { reason, code } = ServiceError.from(error);
			// A denial is said where all denials are.
			if (code !== status.PERMISSION_DENIED) audit.write({ ...facts, outcome: reason });
			throw error;
		}
	}

	return {
		refused({ error, address, method, identity }) {
			// Neither who it is, nor what they may, was in question.
			if (error.code !== status.UNAUTHENTICATED && error.code !== status.PERMISSION_DENIED) return;
			const event = error.code === status.UNAUTHENTICATED ? 'login_failed' : 'denied';
			const { name: principal, kind } = identity ?? {};
			audit.write({ event, principal, kind, address, method, outcome: error.reason });
		},
		denied(error, caller) {
			if (error.code === status.PERMISSION_DENIED)
				audit.write({ ...factsOf(caller), event: 'denied', outcome: error.reason });
		},
		async change({ event, request, caller }, act, undo) {
			audit.requireWritable();
			const facts = { ...factsOf(caller), event, request, outcome: 'ok' };
			const trace = await outcomeOf(facts, act);
			if (audit.write({ ...facts, ...traceFacts(trace), effectiveFilter: filterOf(trace) })) return trace;
			await undo(trace);
			throw new ServiceError(
				'AUDIT_UNAVAILABLE',
				`the audit could not be written, so the trace ${trace.id} was stopped`,
			);
		},
		read(trace, caller) {
			if (trace.owner === caller.identity.name) return;
			audit.write({ ...factsOf(caller), event: 'read', outcome: 'ok', ...traceFacts(trace) });
		},
		async stop(request, caller, act) {
			const facts = { ...factsOf(caller), event: 'stop', request, outcome: 'ok' } as const;
			const trace = await outcomeOf(facts, act);
			audit.write({ ...facts, ...traceFacts(trace) });
			return trace;
		},
	};
}

function factsOf({ identity, address, method }: Caller) {
	return { principal: identity.name, kind: identity.kind, address, method };
}

function traceFacts({ id: traceId, grant }: Trace): Partial<AuditEntry> {
	return { traceId, role: grant.role };
}

/** What the kernel decides, for each probe if they differ. */
function filterOf({ filters }: Trace): string {
	const written = filters.map(({ early, late }) => [early?.text, late?.text].filter(Boolean).join(' && '));
	// By index of the probe; most traces have one filter for all.
	const [first = '', ...others] = new Set(written);
	return others.length === 0 ? first : written.map((text, i) => `probes[${i}]: ${text}`).join('; ');
}
