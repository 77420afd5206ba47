import { addedNs, EMPTY, PREDICATES } from './reject.js';
import type { Results } from './results.js';
import { isAvailable } from './row.js';
import { SONDE_ROW } from './sonde-row.js';
import { table } from './table.js';

/** What opens cost that a filter rejects. */
export function rejectTable({ rejects }: Results): string {
	if (!isAvailable(rejects)) return `Not available: ${rejects.unavailable}\n`;
	const figure = (name: string) => addedNs(rejects, name)?.toFixed(0) ?? '';
	const cells = PREDICATES.map(({ name }) => [
		name,
		...['by hand', 'bpftrace', SONDE_ROW].map((reader) => figure(`${reader}, ${name}`)),
	]);
	const { count, p50, max } = rejects.updateMs;
	return `${table(['rejected by', 'by hand, added ns', 'bpftrace', 'Sonde'], cells)}
Of a load at full speed whose opens are all rejected, in the quickest tenth of the bursts of the quickest of several loads: these
differences are smaller than what others on the machine add. An open without tracing takes ${Math.min(...rejects.none).toFixed(0)} ns, and with ${EMPTY} ${figure(EMPTY)} ns
more. What is written by hand only compares; Sonde counts, measures its time, may be paused and sampled, and its filter can
be replaced. UpdateTrace with another filter, under the same load: ${count} times, median ${p50.toFixed(0)} ms, longest ${max.toFixed(0)} ms.
`;
}
