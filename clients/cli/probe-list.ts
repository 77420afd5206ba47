import { CostClass, type Probe, type ProbeField, Sensitivity } from '../typescript/index.js';
import { escapeControls, escapeText } from './escape.js';
import { listTable } from './list-table.js';

const HEADER = ['PROBE', 'AVAILABLE', 'COST', 'SUMMARY'];
const SUMMARY_COLUMN = HEADER.indexOf('SUMMARY');
const FIELD_HEADER = ['  FIELD', 'TYPE', 'UNIT', 'CLASS', 'DESCRIPTION'];
const OPTION_HEADER = ['  OPTION', 'TYPE', 'UNIT', 'DESCRIPTION'];

/** Lays out the catalogue as a table; `width` in columns of the terminal, undefined: nothing is cut. */
export function probeList(probes: readonly Probe[], width: number | undefined): string {
	const rows = probes.map(({ id, available, cost, summary, unavailableReason }) => [
		escapeText(id),
		available ? 'yes' : 'no',
		costName(cost),
		escapeControls(available ? summary : `not here: ${unavailableReason}`),
	]);
	return listTable([HEADER, ...rows], SUMMARY_COLUMN, width);
}

/** Everything about one probe. */
export function probeDetails(probe: Probe, width: number | undefined): string {
	const {
		id,
		summary,
		description,
		cost,
		costNote,
		available,
		unavailableReason,
		attachPoints,
		limitations,
	} = probe;
	const lines = [`${id}: ${summary}`];
	if (description !== '') lines.push(description);
	lines.push(`cost: ${costName(cost)}${costNote === '' ? '' : `; ${costNote}`}`);
	lines.push(available ? 'available: yes' : `available: no; ${unavailableReason}`);
	lines.push(...limitations.map((limitation) => `but here: ${limitation}`));
	lines.push(...attachPoints.map((point) => `attached at: ${point}`), 'fields:');
	const text = lines.map((line) => `${escapeControls(line.replace(/\s+/g, ' '))}\n`).join('');
	const { fields, options } = probe;
	const classed = fieldTable(FIELD_HEADER, fields, width, ({ sensitivity }) => [
		classNames(sensitivity).join(', '),
	]);
	if (options.length === 0) return text + classed;
	return `${text}${classed}options (-O NAME=VALUE):\n${fieldTable(OPTION_HEADER, options, width)}`;
}

function fieldTable(
	header: string[],
	fields: readonly ProbeField[],
	width: number | undefined,
	more: (field: ProbeField) => string[] = () => [],
): string {
	const rows = fields.map((field) => {
		const { name, type, unit, description } = field;
		return [`  ${name}`, type, unit, ...more(field), description.replace(/\s+/g, ' ')].map(escapeControls);
	});
	return listTable([header, ...rows], header.indexOf('DESCRIPTION'), width);
}

/** As redactions name them. */
function classNames(sensitivity: readonly Sensitivity[]): string[] {
	return sensitivity
		.filter((each) => each !== Sensitivity.NONE)
		.map((each) => {
			const name: string | undefined = Sensitivity[each];
			return name?.toLowerCase() ?? String(each);
		});
}

/** A probe as `-o json` shows it: names of the contract, enums in words. */
export function probeJson(probe: Probe) {
	return {
		id: probe.id,
		summary: probe.summary,
		available: probe.available,
		reason: probe.unavailableReason,
		cost: costName(probe.cost),
		cost_note: probe.costNote,
		attach_points: probe.attachPoints,
		limitations: probe.limitations,
		fields: probe.fields.map(({ name, type, unit, description, enumValues, sensitivity }) => ({
			name,
			type,
			unit,
			description,
			enum_values: enumValues,
			classes: classNames(sensitivity),
		})),
		options: probe.options.map(({ name, type, unit, description }) => ({ name, type, unit, description })),
	};
}

function costName(cost: CostClass): string {
	const name: string | undefined = CostClass[cost];
	return name?.toLowerCase() ?? String(cost);
}
