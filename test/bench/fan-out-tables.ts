import { FAN_OUT_RATE, type FanOutResult, type Shape } from './fan-out.js';
import { type ShapeFigures, summarizeShape } from './fan-out-figures.js';
import type { Results } from './results.js';
import { isAvailable } from './row.js';
import { listMissing, table } from './table.js';

const MB = 1e6;

/** What more subscribers of one trace cost. */
export function subscriberTable({ fanOut }: Results): string {
	const headings = [
		...[
			'subscribers',
			'events/s to all',
			'lost',
			'events/message',
			'CPU s/1M delivered',
			'CPU s/1M of the trace',
		],
		...['clients CPU s/1M delivered', 'resident MB', 'own MB', 'clients MB'],
	];
	const { figures, missing } = pick(fanOut, ({ traces }) => traces === 1);
	const cells = figures.map((shape) => [
		shape.subscribers.toString(),
		shape.deliveredPerSecond.toFixed(0),
		shape.lost.toString(),
		shape.eventsPerMessage.toFixed(0),
		shape.serverCpuSeconds.toFixed(2),
		shape.serverCpuSecondsOfOpens.toFixed(2),
		shape.clientCpuSeconds.toFixed(2),
		...memoryCells(shape),
	]);
	return `${table(headings, cells)}
${missing}One trace at ${FAN_OUT_RATE} opens a second, in a burst each millisecond: at full speed it is the one CPU of the service and all
clients that would be measured, as it cannot send every event 32 times. Messages are then small, and the rings are looked at
every millisecond for few events, so that an event costs more than at full speed. "Events/s to all" is what came to all
subscribers together while the load ran, "lost" what never did. "Own MB" is resident without the trace's ring, whose pages
count twice, and without what it retained. The clients are one process with a connection for each eight streams; it decodes
nothing.
`;
}

/** What more traces of the same probe cost. */
export function traceTable({ fanOut }: Results): string {
	const headings = [
		...['traces', 'added ns', 'own estimate ns', 'events/s to all', 'lost', 'CPU s/1M delivered'],
		...['CPU s/1M opens', 'clients CPU s/1M delivered', 'resident MB', 'own MB', 'clients MB', 'maps MB'],
	];
	const { figures, missing } = pick(fanOut, ({ subscribers }) => subscribers === 1);
	const cells = figures.map((shape) => [
		shape.traces.toString(),
		shape.addedNs.toFixed(0),
		shape.estimatedNs.toFixed(0),
		shape.deliveredPerSecond.toFixed(0),
		shape.lost.toString(),
		shape.serverCpuSeconds.toFixed(2),
		shape.serverCpuSecondsOfOpens.toFixed(2),
		shape.clientCpuSeconds.toFixed(2),
		...memoryCells(shape),
		(shape.mapBytes / MB).toFixed(0),
	]);
	return `${table(headings, cells)}
${missing}The same load; each trace has all of it and one subscriber. "Added ns" is CPU time of the load for an open, less that of the
same load while nothing is traced; "own estimate" is the sum of what the traces say. "Maps" is what the kernel charges for
their maps; "own MB" is resident without rings, which count twice, and without what the traces retained.
`;
}

function pick(shapes: FanOutResult, wanted: (shape: Shape) => boolean) {
	const chosen = shapes.filter(wanted);
	return {
		figures: chosen.filter(isAvailable).map(summarizeShape),
		missing: listMissing(
			chosen.map((shape) => ({ ...shape, name: `${shape.traces} × ${shape.subscribers} subscribers` })),
		),
	};
}

function memoryCells({ residentBytes, ownBytes, clientResidentBytes }: ShapeFigures): string[] {
	return [residentBytes, ownBytes, clientResidentBytes].map((bytes) => (bytes / MB).toFixed(0));
}
