import {
	type DescField,
	type DescMessage,
	fromJson,
	getOption,
	type JsonObject,
	ScalarType,
} from '@bufbuild/protobuf';
import { EventSchema, type ProbeSpec, ProbeSpecSchema, probe as probeOption } from '../typescript/index.js';
import { CliError } from './cli-error.js';
import type { WrittenOption } from './option-parsers.js';

const LARGEST = new Map([
	[ScalarType.UINT32, 2n ** 32n - 1n],
	[ScalarType.UINT64, 2n ** 64n - 1n],
]);

/**
 * The options of each probe: what was written goes to those that have an option of that name.
 *
 * @throws CliError when none has, or a value is not one of its type.
 */
export function probeOptions(
	probes: readonly string[],
	written: readonly WrittenOption[],
): ProbeSpec['options'][] {
	const messages = probes.map(optionsMessage);
	for (const { name } of written) {
		if (messages.some((message) => message?.fields.some((field) => field.name === name))) continue;
		const known = new Set(messages.flatMap((message) => message?.fields.map((field) => field.name) ?? []));
		const hint = known.size === 0 ? 'there are none' : `there are: ${[...known].join(', ')}`;
		throw new CliError(`no option ${name} of ${probes.join(', ')}; ${hint}`);
	}
	return probes.map((probe, i) => {
		const fields = messages[i]?.fields ?? [];
		const own = written.filter(({ name }) => fields.some((field) => field.name === name));
		return own.length === 0 ? { case: undefined } : optionsOf(probe, fields, own);
	});
}

/** The line of ProbeSpec.options for a probe; its number is that of the payload. */
function optionsLine(probe: string): DescField | undefined {
	const payload = EventSchema.fields.find(
		({ message }) => message !== undefined && getOption(message, probeOption).id === probe,
	);
	const lines = ProbeSpecSchema.oneofs.find(({ name }) => name === 'options')?.fields ?? [];
	return lines.find(({ number }) => number === payload?.number);
}

function optionsMessage(probe: string): DescMessage | undefined {
	return optionsLine(probe)?.message;
}

function optionsOf(
	probe: string,
	fields: readonly DescField[],
	written: readonly WrittenOption[],
): ProbeSpec['options'] {
	const json: JsonObject = {};
	for (const field of fields) {
		const values = written.filter(({ name }) => name === field.name).map(({ value }) => value);
		if (field.fieldKind === 'list') {
			json[field.jsonName] = values.flatMap((value) => value.split(',').filter((item) => item !== ''));
			continue;
		}
		const [value, second] = values;
		if (second !== undefined) throw new CliError(`option ${field.name} was given more than once`);
		if (value !== undefined) json[field.jsonName] = scalar(field, value);
	}
	const line = optionsLine(probe)?.jsonName ?? '';
	return fromJson(ProbeSpecSchema, { [line]: json }).options;
}

/** As JSON has it: 64-bit numbers are texts there. */
function scalar({ name, scalar: type }: DescField, value: string): string | boolean {
	if (type === ScalarType.BOOL) {
		if (value !== 'true' && value !== 'false')
			throw new CliError(`option ${name} is ${JSON.stringify(value)}, must be true or false`);
		return value === 'true';
	}
	const largest = LARGEST.get(type ?? ScalarType.STRING);
	if (largest === undefined) return value;
	if (!/^\d{1,20}$/.test(value) || BigInt(value) > largest)
		throw new CliError(
			`option ${name} is ${JSON.stringify(value)}, must be a whole number from 0 to ${largest}`,
		);
	return value;
}
