import { type DescField, fromBinary, getOption, type JsonValue, toJson } from '@bufbuild/protobuf';
import {
	createMetadataIndex,
	type Event,
	type EventMetadata,
	EventSchema,
	formatIpAddress,
	probe as probeOption,
	StreamEventsResponseSchema,
} from '../typescript/index.js';
import { isAddress } from './describe-message.js';
import type { Output } from './output.js';
import type { TraceOutput } from './trace-output.js';

/** A line as JSON has it, by the names of the contract. */
interface Row {
	readonly event: JsonValue;
	readonly payload: JsonValue | undefined;
	/** Id of the probe. */
	readonly probe: string;
	readonly metadata: EventMetadata;
}

interface Column {
	readonly title: string;
	cell(row: Row): JsonValue | undefined;
}

/** Writes events as CSV, by RFC 4180. Its columns are those of the trace's probes. */
export function createEventCsv(output: Output): TraceOutput {
	let columns: readonly Column[] = [];
	let probes: readonly string[] = [];
	const index = createMetadataIndex();
	return {
		decode: (message) => fromBinary(StreamEventsResponseSchema, message),
		begin(trace) {
			probes = trace.probes.map(({ spec }) => spec?.probe ?? '');
			const own = trace.metadata ? METADATA_COLUMNS : [];
			columns = [...COMMON_COLUMNS, ...own, ...payloadColumns(probes)];
			return output.write(csvLine(columns.map(({ title }) => title)));
		},
		async show(message) {
			let text = '';
			index.add(message);
			for (const event of message.events) {
				const row = rowOf(event, probes, index.of(event));
				text += csvLine(columns.map(({ cell }) => cellText(cell(row))));
			}
			if (text !== '') await output.write(text);
		},
		async end() {},
	};
}

const PAYLOAD_FIELDS = EventSchema.fields.filter(({ oneof }) => oneof?.name === 'payload');

const COMMON_COLUMNS: readonly Column[] = [
	{ title: 'probe', cell: ({ probe }) => probe },
	...EventSchema.fields.filter((field) => !PAYLOAD_FIELDS.includes(field)).flatMap(commonColumns),
];

/** Of traces that have it. */
const METADATA_COLUMNS: readonly Column[] = [
	{ title: 'user', cell: ({ metadata }) => metadata.user?.name },
	{ title: 'executable', cell: ({ metadata }) => metadata.process?.executable },
	{ title: 'arguments', cell: ({ metadata }) => metadata.process?.arguments },
	{ title: 'cgroup_path', cell: ({ metadata }) => metadata.cgroup?.path },
	{ title: 'systemd_unit', cell: ({ metadata }) => metadata.cgroup?.systemdUnit },
	{ title: 'container_id', cell: ({ metadata }) => metadata.cgroup?.containerId },
	{ title: 'pod_uid', cell: ({ metadata }) => metadata.cgroup?.podUid },
];

/** A message of the common context has a column for each of its fields, for example `process.uid`. */
function commonColumns({ name, fieldKind, message }: DescField): Column[] {
	if (fieldKind !== 'message') return [{ title: name, cell: ({ event }) => member(event, name) }];
	return message.fields.map((field) => ({
		title: `${name}.${field.name}`,
		cell: ({ event }) => member(member(event, name), field.name),
	}));
}

/** All fields that payloads of these probes have, once each. */
function payloadColumns(probes: readonly string[]): Column[] {
	const taken = new Set([...COMMON_COLUMNS, ...METADATA_COLUMNS].map(({ title }) => title));
	const fields = PAYLOAD_FIELDS.flatMap(({ message }) =>
		message !== undefined && probes.includes(getOption(message, probeOption).id) ? message.fields : [],
	);
	const byName = new Map(fields.map((field) => [field.name, field]));
	return [...byName].map(([name, field]) => ({
		title: taken.has(name) ? `payload.${name}` : name,
		cell: ({ payload }) => readable(member(payload, name), field),
	}));
}

/** JSON has bytes as base64, in which nobody reads an address. */
function readable(value: JsonValue | undefined, field: DescField): JsonValue | undefined {
	if (typeof value !== 'string' || !isAddress(field)) return value;
	return formatIpAddress(Buffer.from(value, 'base64'));
}

function rowOf(event: Event, probes: readonly string[], metadata: EventMetadata): Row {
	const json = toJson(EventSchema, event, { alwaysEmitImplicit: true, useProtoFieldName: true });
	const field = PAYLOAD_FIELDS.find(({ localName }) => localName === event.payload.case);
	return {
		event: json,
		payload: field && member(json, field.name),
		probe: probes[event.probeIndex] ?? '',
		metadata,
	};
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? value[name] : undefined;
}

function cellText(value: JsonValue | undefined): string {
	if (value === undefined) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One record, by RFC 4180: quoted where a cell would be read as something else. */
export function csvLine(cells: readonly string[]): string {
	const quoted = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell));
	return `${quoted.join(',')}\r\n`;
}
