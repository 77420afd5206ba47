import type { Catalog, CatalogProbe } from '../catalog/catalog.js';
import { ServiceError } from '../error.js';
import type { CompiledFilter, FilterLanguage, ParsedFilter } from '../filter/compile.js';
import { NO_FILTER } from '../filter/native-filter.js';
import { refusing } from '../filter/refusal.js';
import type { Grant } from './grant.js';
import type { ProbeSettings } from './settings.js';

/** A trace's filters, as they were written. */
interface WrittenFilters {
	readonly filter: string;
	readonly probes: readonly Pick<ProbeSettings, 'filter'>[];
}

/**
 * Compiles the filters of a trace, for each of its probes that of its role, that of the trace and its own, with what its role
 * redacts: only the role's own filter may name that.
 *
 * @param probes by index.
 * @param isWanted for the others there is none.
 * @throws ServiceError INVALID_FILTER, POLICY_FILTER_FAILED.
 */
export async function compileFilters(
	catalog: Catalog,
	probes: readonly CatalogProbe[],
	{ filter, probes: settings }: WrittenFilters,
	grant: Grant,
	isWanted: (index: number) => boolean = () => true,
): Promise<CompiledFilter[]> {
	const isUnfiltered = filter === '' && settings.every((probe) => probe.filter === '');
	if (isUnfiltered && grant.filter === '' && grant.redact.length === 0) return probes.map(() => NO_FILTER);
	const { compileFilter } = await import('../filter/compile.js');
	const mandatory = await parseMandatory(grant, catalog);
	const common = await parse('filter', filter, catalog, catalog.redaction(grant.redact).names);
	const compiled: CompiledFilter[] = [];
	for (const [i, probe] of probes.entries()) {
		if (!isWanted(i)) {
			compiled.push(NO_FILTER);
			continue;
		}
		const own = settings[i]?.filter ?? '';
		const field = `probes[${i}].filter`;
		const redaction = probe.redaction(grant.redact);
		const parsed = await parse(field, own, probe, redaction.names);
		const whole = own === '' ? { field: 'filter', text: filter } : { field, text: own };
		compiled.push(
			refusing(whole.field, whole.text, () => compileFilter([mandatory, common, parsed], redaction)),
		);
	}
	return compiled;
}

/** What it names of the host may be gone, although the policy is right. */
async function parseMandatory({ role, filter }: Grant, catalog: Catalog): Promise<ParsedFilter> {
	try {
		return await parse('filter', filter, catalog);
	} catch (error) {
		const { message } = ServiceError.from(error);
		throw new ServiceError(
			'POLICY_FILTER_FAILED',
			`the filter that the role ${role} demands cannot be made: ${message}`,
		);
	}
}

/** Compiles one filter, which may not name what is withheld. @throws ServiceError INVALID_FILTER. */
export async function compileOne(
	field: string,
	expression: string,
	speaker: { language(): Promise<FilterLanguage> },
	withheld?: ReadonlySet<string>,
): Promise<CompiledFilter> {
	const { compileFilter } = await import('../filter/compile.js');
	const parsed = await parse(field, expression, speaker, withheld);
	return refusing(field, expression, () => compileFilter([parsed]));
}

async function parse(
	field: string,
	expression: string,
	speaker: { language(): Promise<FilterLanguage> },
	withheld?: ReadonlySet<string>,
): Promise<ParsedFilter> {
	if (expression === '') return [];
	const language = await speaker.language();
	return refusing(field, expression, () => language.parse(expression, withheld));
}
