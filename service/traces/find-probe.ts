import type { Catalog, CatalogProbe } from '../catalog/catalog.js';
import { ServiceError } from '../error.js';
import { quoteInput } from '../quote-input.js';
import { suggest } from '../suggest.js';

/**
 * A probe of the catalogue, whether or not this node can run it.
 *
 * @param field Of the request, for the error.
 * @throws ServiceError UNKNOWN_PROBE.
 */
export function findKnown(catalog: Catalog, id: string, field: string): CatalogProbe {
	const probe = catalog.find(id);
	if (probe !== undefined) return probe;
	const meant = suggest(id, catalog.ids);
	const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
	const description = `is ${quoteInput(id)}, must be the id of a probe that ListProbes gives${hint}`;
	throw new ServiceError('UNKNOWN_PROBE', `${field} ${description}`, {
		violations: [{ field, description }],
	});
}

/**
 * The probe at a place of a request's list, which this node can run.
 *
 * @throws ServiceError UNKNOWN_PROBE, PROBE_UNAVAILABLE.
 */
export function findProbe(catalog: Catalog, id: string, index: number): CatalogProbe {
	const field = `probes[${index}].probe`;
	const probe = findKnown(catalog, id, field);
	const { available, unavailableReason } = probe.description;
	if (available) return probe;
	throw new ServiceError('PROBE_UNAVAILABLE', `${field}: this node cannot run ${id}: ${unavailableReason}`);
}
