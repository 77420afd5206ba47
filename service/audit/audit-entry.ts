import type { Identity } from '../auth/identity.js';
import { canonicalJson } from './canonical-json.js';

/** What happened. `lost`: lines could not be written, which this says when it works again. */
export type AuditEvent =
	| 'start'
	| 'update'
	| 'stop'
	/** Of another's trace. */
	| 'read'
	| 'denied'
	| 'login_failed'
	| 'reload'
	| 'lost';

/** One thing that somebody did or tried. Never give it metadata of a call: tokens are in there. */
export interface AuditEntry {
	readonly event: AuditEvent;
	/** Name of the caller's identity. */
	readonly principal?: string | undefined;
	readonly kind?: Identity['kind'] | undefined;
	/** As `call.getPeer()` gives it. */
	readonly address?: string | undefined;
	/** "SERVICE/METHOD". */
	readonly method?: string | undefined;
	/** The message of the call, or the file that was reloaded. */
	readonly request?: unknown;
	/** By which it was allowed. */
	readonly role?: string | undefined;
	/** What the kernel decides, with the role's mandatory filter. */
	readonly effectiveFilter?: string | undefined;
	/** "ok", or the reason of the error. */
	readonly outcome: string;
	readonly traceId?: string | undefined;
	/** The line stands for so many, which came too fast to be written each. */
	readonly repeated?: number | undefined;
	/** Of those, when the first one came. */
	readonly since?: Date | undefined;
}

/** Where a line stands among all. */
export interface LinePlace {
	readonly time: Date;
	/** Of one run of the node: a random number. */
	readonly run: string;
	/** From 1 in each run; a gap is a line that was lost. */
	readonly sequence: number;
}

/** Longest request in a line, bytes. */
const MAX_REQUEST_BYTES = 4096;
/** Longest other text in a line, bytes. */
const MAX_TEXT_BYTES = 16_384;

/**
 * One line of JSON, ended. Text that could break the line or the terminal that shows it is escaped. A request that is too
 * long stands in `request_cut` as the beginning of its JSON, so that `request` always is an object.
 */
export function auditLine(entry: AuditEntry, { time, run, sequence }: LinePlace): string {
	const { effectiveFilter, traceId, since, request } = entry;
	const requestJson = request === undefined ? undefined : canonicalJson(request, MAX_REQUEST_BYTES);
	const line = {
		time: time.toISOString(),
		run,
		sequence,
		event: entry.event,
		principal: bounded(entry.principal),
		kind: entry.kind,
		address: bounded(entry.address),
		method: bounded(entry.method),
		role: bounded(entry.role),
		effective_filter: bounded(effectiveFilter),
		outcome: bounded(entry.outcome),
		trace_id: bounded(traceId),
		repeated: entry.repeated,
		since: since?.toISOString(),
		request_cut: requestJson?.isCut ? requestJson.text : undefined,
	};
	const text = JSON.stringify(line);
	// As it is, not as a text in a text.
	const whole =
		requestJson === undefined || requestJson.isCut
			? text
			: `${text.slice(0, -1)},"request":${requestJson.text}}`;
	return `${whole.replace(UNPRINTABLE, escapeUnit)}\n`;
}

// JSON.stringify leaves them as they are: DEL, C1 controls, separators, and what reverses text. Outside of texts JSON has none.
const UNPRINTABLE = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

function escapeUnit(unit: string): string {
	return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function bounded(text: string | undefined): string | undefined {
	return text !== undefined && text.length > MAX_TEXT_BYTES ? `${text.slice(0, MAX_TEXT_BYTES)}…` : text;
}
