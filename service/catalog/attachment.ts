import type { Feature } from '../gen/sonde/v1/node_service.js';
import type { CatalogAttachment } from './entry.js';
import { isReadable } from './is-readable.js';

const TRACEFS_EVENTS = '/sys/kernel/tracing/events';

/** How a probe would be attached on this node. */
export interface Attachment {
	/** Which programs of the object. */
	readonly kind: string;
	/** Where they are attached. */
	readonly attachPoints: readonly string[];
	/** Arguments of system calls are kept at their entry. */
	readonly keepArguments: boolean;
	/** Why it cannot be; empty if it can. */
	readonly unavailableReason: string;
}

/**
 * The best way to attach a probe here: the first that is available in order of preference; if none is, the first of
 * all, with the reason. Where programs on the tracepoints of system calls can be preempted, so that hits are skipped,
 * return probes come first; elsewhere tracepoints, which cost less.
 */
export function chooseAttachment(
	candidates: readonly CatalogAttachment[],
	features: readonly Feature[],
): Attachment {
	const has = (name: string) => features.some((feature) => feature.name === name && feature.available);
	const preferred = has('exact_tracepoints')
		? ['tracepoint', 'kretprobe.multi']
		: ['kretprobe.multi', 'tracepoint'];
	const attachments = preferred
		.flatMap((kind) => candidates.filter((candidate) => candidate.kind === kind))
		.map(({ kind, attachPoints, startPoints }): Attachment => {
			const keepArguments = startPoints.length > 0 && !has('task_pt_regs');
			const points = keepArguments ? [...attachPoints, ...startPoints] : attachPoints;
			const unavailableReason = whyUnavailable(kind, points, features);
			return { kind, attachPoints: points, keepArguments, unavailableReason };
		});
	const chosen = attachments.find(({ unavailableReason }) => unavailableReason === '') ?? attachments[0];
	if (chosen === undefined) throw new Error('a probe of the catalogue has no programs to attach');
	return chosen;
}

function whyUnavailable(kind: string, points: readonly string[], features: readonly Feature[]): string {
	const missing = features.find(
		({ name, required, available }) =>
			!available && (required || (kind === 'kretprobe.multi' && name === 'return_probes')),
	);
	if (missing !== undefined)
		return missing.remedy === '' ? missing.detail : `${missing.detail}; ${missing.remedy}`;
	const absent = points.find(
		(point) =>
			point.startsWith('tracepoint/') &&
			!isReadable(`${TRACEFS_EVENTS}/${point.slice('tracepoint/'.length)}/id`),
	);
	return absent === undefined ? '' : `this kernel has no ${absent}`;
}
