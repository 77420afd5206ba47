import type { Feature, Probe } from '../gen/sonde/v1/node_service.js';
import type { NativeProbe, Plan } from '../native.js';
import { chooseAttachment } from './attachment.js';
import { type CatalogEntry, readCatalog, readObject } from './entry.js';

/** A probe of this node. */
export interface CatalogProbe {
	/** As ListProbes gives it. */
	readonly description: Probe;
	/** What the addon needs to run it. */
	load(): Pick<NativeProbe, 'object' | 'attachKind' | 'keepArguments'> & { readonly plan: Plan };
}

/** The probes of this node, by id. */
export interface Catalog {
	/** In order of id. */
	readonly probes: readonly CatalogProbe[];
	find(id: string): CatalogProbe | undefined;
}

/** Reads the catalogue and finds out what this kernel can run of it, and how. */
export function createCatalog(features: readonly Feature[]): Catalog {
	const probes = readCatalog().map((entry) => createProbe(entry, features));
	const byId = new Map(probes.map((probe) => [probe.description.id, probe]));
	return { probes, find: (id) => byId.get(id) };
}

function createProbe(entry: CatalogEntry, features: readonly Feature[]): CatalogProbe {
	const { id, object, payload, summary, description, cost, costNote, fields, plan } = entry;
	const { kind, attachPoints, keepArguments, unavailableReason } = chooseAttachment(
		entry.attachments,
		features,
	);
	return {
		description: {
			id,
			summary,
			description,
			cost,
			costNote,
			available: unavailableReason === '',
			unavailableReason,
			attachPoints: [...attachPoints],
			fields,
			payload,
		},
		load: () => ({ object: readObject(object), plan, attachKind: kind, keepArguments }),
	};
}
