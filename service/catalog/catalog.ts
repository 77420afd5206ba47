import { existsSync } from 'node:fs';
import type { Feature, Probe } from '../gen/sonde/v1/node_service.js';
import type { NativeProbe, Plan } from '../native.js';
import { type CatalogEntry, readCatalog, readObject } from './entry.js';

const TRACEFS_EVENTS = '/sys/kernel/tracing/events';
const TRACEPOINT_PREFIX = 'tracepoint/';

/** A probe of this node. */
export interface CatalogProbe {
	/** As ListProbes gives it. */
	readonly description: Probe;
	/** What the addon needs to run it. */
	load(): Pick<NativeProbe, 'object' | 'keepArguments'> & { readonly plan: Plan };
}

/** The probes of this node, by id. */
export interface Catalog {
	/** In order of id. */
	readonly probes: readonly CatalogProbe[];
	find(id: string): CatalogProbe | undefined;
}

/** Reads the catalogue and finds out what this kernel can run of it. */
export function createCatalog(features: readonly Feature[]): Catalog {
	const keepArguments = !features.some(({ name, available }) => name === 'task_pt_regs' && available);
	const probes = readCatalog().map((entry) => createProbe(entry, features, keepArguments));
	const byId = new Map(probes.map((probe) => [probe.description.id, probe]));
	return { probes, find: (id) => byId.get(id) };
}

function createProbe(
	entry: CatalogEntry,
	features: readonly Feature[],
	keepArguments: boolean,
): CatalogProbe {
	const { id, object, payload, summary, description, cost, costNote, fields, plan } = entry;
	const attachPoints = [...entry.attachPoints, ...(keepArguments ? entry.startPoints : [])];
	const unavailableReason = whyUnavailable(attachPoints, features);
	return {
		description: {
			id,
			summary,
			description,
			cost,
			costNote,
			available: unavailableReason === '',
			unavailableReason,
			attachPoints,
			fields,
			payload,
		},
		load: () => ({ object: readObject(object), plan, keepArguments }),
	};
}

/** Empty when nothing is in the way. */
function whyUnavailable(attachPoints: readonly string[], features: readonly Feature[]): string {
	const missing = features.find(({ required, available }) => required && !available);
	if (missing !== undefined) return `${missing.detail}; ${missing.remedy}`;
	const absent = attachPoints.find(
		(point) =>
			point.startsWith(TRACEPOINT_PREFIX) &&
			!existsSync(`${TRACEFS_EVENTS}/${point.slice(TRACEPOINT_PREFIX.length)}/id`),
	);
	return absent === undefined ? '' : `this kernel has no ${absent}`;
}
