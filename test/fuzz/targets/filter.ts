// Filters: any text is refused with its place, or becomes a program that the kernel takes. The first byte chooses the probe;
// 255 stands for the made-up event of test/filter, on which the program also runs.
import { crc32 } from 'node:zlib';
import { type CatalogProbe, createCatalog } from '../../../service/catalog/catalog.js';
import { localFeatures } from '../../../service/catalog/features.js';
import {
	type CompiledFilter,
	compileFilter,
	createFilterLanguage,
	type FilterLanguage,
} from '../../../service/filter/compile.js';
import { filterListing } from '../../../service/filter/listing.js';
import { refusing } from '../../../service/filter/refusal.js';
import { runParts } from '../../filter/run-parts.js';
import { EVENT_BYTES, NO_HOST, SCHEMA } from '../../filter/shim.js';
import { orRefusal } from './refusal.js';

/** The kernel verifies some of the programs only: it takes longer than all else. */
const VERIFY_ONE_IN = 32;
const SHIM = 255;

const shim = createFilterLanguage(SCHEMA, NO_HOST);
const catalog = createCatalog(localFeatures());
const languages = new Map<CatalogProbe, FilterLanguage>();
for (const probe of catalog.probes) languages.set(probe, await probe.language());
const all = [...languages.values()];
const event = Buffer.alloc(EVENT_BYTES);

export function fuzz(data: Buffer): void {
	const [choice = 0] = data;
	const language = choice === SHIM ? shim : all[choice % all.length];
	const text = data.toString('utf8', 1);
	if (language === undefined || text === '') return;
	const compiled = orRefusal(() => refusing('filter', text, () => compileFilter([language.parse(text)])));
	if (compiled === undefined) return;
	filterListing(compiled);
	if (choice === SHIM && crc32(data) % VERIFY_ONE_IN === 0) verify(compiled);
}

/** @throws what the kernel says against a program. */
function verify(compiled: CompiledFilter): void {
	const [result] = runParts(compiled, event);
	if (result === undefined || result < -1 || result > 1) throw new Error(`the filter gives ${result}`);
}
