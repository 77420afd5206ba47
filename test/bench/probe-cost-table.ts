import { type AddedCost, addedBy } from './probe-cost-figures.js';
import type { Results } from './results.js';
import { isAvailable, type NotAvailable } from './row.js';
import { SONDE_ROW } from './sonde-row.js';
import { listMissing, table } from './table.js';

const HEADINGS = [
	...['probe', 'operation', 'ns alone', 'events each'],
	...['Sonde, added ns/event', 'lost', 'bpftrace, added ns/event', 'lost', 'Sonde / bpftrace'],
];

/** What an event of each hot probe costs whoever makes it. */
export function probeCostTable({ probeCosts }: Pick<Results, 'probeCosts'>): string {
	if (!isAvailable(probeCosts)) return `Not available: ${probeCosts.unavailable}\n`;
	const readers = probeCosts.map((cost) => ({
		cost,
		sonde: addedBy(cost, cost.sonde),
		bpftrace: addedBy(cost, cost.bpftrace),
	}));
	const cells = readers.map(({ cost: { probe, title, none, eventsPerCall }, sonde, bpftrace }) => [
		...[probe, title, Math.min(...none).toFixed(0), eventsPerCall.toString()],
		...[...figures(sonde), ...figures(bpftrace), ratio(sonde, bpftrace)],
	]);
	const missing = readers.flatMap(({ cost: { probe }, sonde, bpftrace }) => [
		{ name: `${SONDE_ROW}, ${probe}`, ...sonde },
		{ name: `bpftrace, ${probe}`, ...bpftrace },
	]);
	return `${table(HEADINGS, cells)}
${listMissing(missing)}Of loads at full speed, in the quickest tenth of the bursts of the quickest load, as CPU time of the load: what each reader does
on its own CPU is in the tables above. Both see the load's process alone; bpftrace prints the fields of Sonde's events, as far as
it can, into a file. An event that is lost costs less than one that comes out: where much is lost, "added" is too little.
Sonde's tcp.state names the owner of the connection, bpftrace whatever process runs.
`;
}

type Added = AddedCost | NotAvailable | undefined;

function figures(added: Added): [string, string] {
	if (added === undefined || !isAvailable(added)) return ['', ''];
	return [added.addedNs.toFixed(0), `${(100 * added.lostShare).toFixed(1)} %`];
}

function ratio(sonde: Added, bpftrace: Added): string {
	if (sonde === undefined || bpftrace === undefined || !isAvailable(sonde) || !isAvailable(bpftrace))
		return '';
	return (sonde.addedNs / bpftrace.addedNs).toFixed(2);
}
