import { reflect } from '@bufbuild/protobuf/reflect';
import { type Event, EventSchema } from '../typescript/index.js';
import { describeMessage } from './describe-message.js';
import { escapeText } from './escape.js';
import { fileOpenFormat } from './file-open-format.js';
import type { PayloadFormat, ProbeFormat } from './payload-format.js';

/** Probes whose payload has columns of its own. All others are shown by their descriptors. */
const PROBE_FORMATS: ReadonlyMap<string, ProbeFormat> = new Map([['file.open', fileOpenFormat]]);

const PAYLOAD = EventSchema.oneofs.find(({ name }) => name === 'payload');

/**
 * Chooses how the payloads of a trace are shown: in columns of their own if its probes agree on them, otherwise as
 * `name=value`.
 *
 * @param probes Ids of the trace's probes, by their index.
 */
export function payloadFormatOf(probes: readonly string[]): PayloadFormat {
	const [first = ''] = probes;
	const format = PROBE_FORMATS.get(first);
	if (format !== undefined && probes.every((probe) => probe === first)) {
		return {
			columns: format.columns,
			cells: (event) =>
				format.cells(event) ?? [...format.columns.slice(1).map(() => ''), describePayload(event)],
		};
	}
	const details = { title: 'DETAILS', width: 30 };
	if (probes.length < 2) return { columns: [details], cells: (event) => [describePayload(event)] };
	return {
		columns: [{ title: 'PROBE', width: 14 }, details],
		cells(event) {
			const probe = probes[event.probeIndex] ?? String(event.probeIndex);
			return [escapeText(probe), describeByProbe(event, PROBE_FORMATS.get(probe))];
		},
	};
}

function describeByProbe(event: Event, format: ProbeFormat | undefined): string {
	const cells = format?.cells(event);
	if (format === undefined || cells === undefined) return describePayload(event);
	return format.columns.map(({ title }, column) => `${title.toLowerCase()}=${cells[column] ?? ''}`).join(' ');
}

function describePayload(event: Event): string {
	const message = reflect(EventSchema, event);
	const field = PAYLOAD && message.oneofCase(PAYLOAD);
	// A newer node may send what this client has no descriptor for.
	return field?.fieldKind === 'message'
		? describeMessage(message.get(field))
		: '(a payload that this client does not know)';
}
