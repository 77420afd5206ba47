import type { FilterLanguage } from '../filter/compile.js';
import type { FilterSchema } from '../filter/field.js';
import { createHost, type Host } from '../filter/host.js';
import {
	isOfContext,
	type Redaction,
	redactionOf,
	redactionProblem,
	withheldFacts,
} from '../filter/redaction.js';
import type { Feature, Probe } from '../gen/sonde/v1/node_service.js';
import type { Withheld } from '../metadata/withheld.js';
import { loadNative, type NativePrograms, type Plan } from '../native.js';
import { type AttachHost, type Attachment, chooseAttachment, hasUserFunctions } from './attachment.js';
import { type CatalogEntry, type CatalogOptions, readCatalog, readObject } from './entry.js';
import { schemaWithNames, withNames } from './kernel-names.js';
import { readTracepoints } from './tracepoints.js';

/** A probe of this node. */
export interface CatalogProbe {
	/** As ListProbes gives it. Files that a probe depends on are looked for each time. */
	readonly description: Probe;
	/** Of its filters; loaded when the first one comes. */
	language(): Promise<FilterLanguage>;
	/** What of its events is blanked by such names; see redactionOf. */
	redaction(names: readonly string[]): Redaction;
	/** What the addon needs to run it. */
	load(): Pick<NativePrograms, 'object' | 'attachPoints' | 'keepArguments' | 'uprobeMulti'>;
	/** Undefined: it has none. */
	readonly options: CatalogOptions | undefined;
	/** How its events are written. */
	plan(): Plan;
}

/** The probes of this node, by id. */
export interface Catalog {
	/** In order of id. */
	readonly probes: readonly CatalogProbe[];
	/** Of all of them; descriptions look for files. */
	readonly ids: readonly string[];
	find(id: string): CatalogProbe | undefined;
	/** Of filters that all probes have in common: `cpu` and `process`. */
	language(): Promise<FilterLanguage>;
	/** What of these is blanked, for filters that all probes have in common. */
	redaction(names: readonly string[]): Redaction;
	/** What is wrong with such a name. */
	redactionProblem(name: string): string | undefined;
	/** What metadata and stacks may not tell where these are redacted. */
	withheld(names: readonly string[]): Withheld;
	/** The same, as if the host had every process and group that is named. */
	hostlessLanguage(): Promise<FilterLanguage>;
}

/** What filters name of this host. */
const HOST = createHost((kind) => readObject(kind === 'processTree' ? 'process_tree' : 'cgroup_tree'));

const ANY_HOST: Host = {
	...HOST,
	obstacle: () => '',
	cgroup: (path) => ({ id: 1n, path, directory: '' }),
	hasProcess: () => true,
	namespaceOf: () => 1n,
};

const languages = new Map<FilterSchema, FilterLanguage>();

/** Most nodes never see a filter: the compiler, and CEL, are loaded only where they are used. */
async function loadLanguage(schema: FilterSchema): Promise<FilterLanguage> {
	const { createFilterLanguage } = await import('../filter/compile.js');
	const language = languages.get(schema) ?? createFilterLanguage(schemaWithNames(schema), HOST);
	languages.set(schema, language);
	return language;
}

/** Reads the catalogue and finds out what this kernel can run of it, and how. */
export function createCatalog(features: readonly Feature[]): Catalog {
	const entries = readCatalog();
	const host: AttachHost = {
		features,
		tracepoints: readTracepoints(),
		hasFunction: (name) => loadNative().hasKernelFunction(name),
		whyNoUserFunction: (point) => loadNative().whyNoUserFunction(point),
	};
	const probes = entries.map((entry) => createProbe(entry, host));
	const byId = new Map(probes.map((probe, i) => [entries[i]?.id, probe]));
	const [any] = entries;
	const fields = any?.filter.fields.filter((field) => field.context !== undefined) ?? [];
	const common = { fields, enumValues: {} };
	return {
		probes,
		ids: entries.map(({ id }) => id),
		find: (id) => byId.get(id),
		language: () => loadLanguage(common),
		redaction: (names) =>
			redactionOf({ id: '', redactable: any?.redactable.filter(isOfContext) ?? [] }, names),
		redactionProblem: (name) => redactionProblem(name, entries),
		withheld: (names) => withheldFacts(names, entries),
		async hostlessLanguage() {
			const { createFilterLanguage } = await import('../filter/compile.js');
			return createFilterLanguage(schemaWithNames(common), ANY_HOST);
		},
	};
}

function createProbe(entry: CatalogEntry, host: AttachHost): CatalogProbe {
	const { id, object, payload, summary, description, cost, costNote, fields, plan, filter } = entry;
	const attach = attachments(entry, host);
	return {
		get description() {
			const { attachPoints, unavailableReason, limitations } = attach();
			return {
				id,
				summary,
				description,
				cost,
				costNote,
				available: unavailableReason === '',
				unavailableReason,
				attachPoints: [...attachPoints],
				limitations: [...limitations],
				fields,
				payload,
				options: (entry.options?.fields ?? []).map(({ name, type, unit, description: what }) => ({
					...{ name, type, unit, description: what, enumValues: [], sensitivity: [] },
				})),
			};
		},
		language: () => loadLanguage(filter),
		redaction: (names) => redactionOf(entry, names),
		load() {
			const { attachPoints, keepArguments, uprobeMulti } = attach();
			return { object: readObject(object), attachPoints, keepArguments, uprobeMulti };
		},
		options: entry.options,
		plan: () => withNames(plan),
	};
}

/** How a probe is attached: decided once, unless it depends on files. */
function attachments({ programs, optionalHooks }: CatalogEntry, host: AttachHost): () => Attachment {
	const choose = () => chooseAttachment(programs, optionalHooks, host);
	if (hasUserFunctions(programs)) return choose;
	const chosen = choose();
	return () => chosen;
}
