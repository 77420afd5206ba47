// What a role may not see of events: fields that the kernel blanks behind the filters, before the event is copied into the ring.
import { NOTHING_WITHHELD, type Withheld } from '../metadata/withheld.js';
import { parsePattern } from '../policy/pattern.js';
import { suggest } from '../suggest.js';
import type { ContextGroup } from './field.js';

/** Classes of fields, as the contract has them: sonde.v1.Sensitivity. */
export const REDACTION_CLASSES = ['arguments', 'paths', 'content', 'addresses'] as const;
export type RedactionClass = (typeof REDACTION_CLASSES)[number];

/** Of the common context only this: the other fields are whom events are about, by which metadata and filters find them. */
export const COMM = 'process.comm';

/** A field that can be blanked. Made when the package is built, from contract and BPF object. */
export interface RedactableField {
	/** Of the payload, as filters name it; or COMM. */
	readonly name: string;
	readonly classes: readonly RedactionClass[];
	/** The field that it says something about, and is blanked with: "path" for "path_truncated". */
	readonly of?: string | undefined;
	readonly place: BlankPlace;
	/** As of FilterField. */
	readonly context?: ContextGroup | undefined;
}

/** Where it is, in bytes from the start of the event. */
export type BlankPlace = FixedPlace | TailPlace;

/** Bytes that are always sent. */
export interface FixedPlace {
	readonly kind: 'fixed';
	readonly offset: number;
	readonly size: number;
}

/** A length and the bytes that it counts: of a text, a list of texts, data, or a stack. */
export interface TailPlace {
	readonly kind: 'tail';
	/** Of the u16 with the length. */
	readonly lengthOffset: number;
	readonly offset: number;
	/** Of the bytes that are sent; there are SPARE_BYTES more. */
	readonly capacity: number;
}

/** A probe, as far as it can be redacted. */
export interface RedactableProbe {
	readonly id: string;
	readonly redactable: readonly RedactableField[];
}

/** What is blanked in the events of one probe. */
export interface Redaction {
	readonly fields: readonly RedactableField[];
	/** Their names, which the filters of those that it is for may not have. */
	readonly names: ReadonlySet<string>;
}

/** Nothing. */
export const NO_REDACTION: Redaction = { fields: [], names: new Set() };

/**
 * What is blanked in the events of a probe, with what else says something about it.
 *
 * @param names classes ("paths"), fields ("file.open.path"), fields by "*", which stands for any characters ("file.*.path",
 *     "process.exec.*"), and "process.comm". Those that are of no field of this probe do nothing.
 */
export function redactionOf({ id, redactable }: RedactableProbe, names: readonly string[]): Redaction {
	const matches = (field: string) => names.some((name) => isOf(name, id, field));
	const fields = redactable.filter(
		({ name, classes, of }) =>
			classes.some((each) => names.includes(each)) || matches(name) || (of !== undefined && matches(of)),
	);
	return fields.length === 0 ? NO_REDACTION : { fields, names: new Set(fields.map(({ name }) => name)) };
}

/** Whether a name of a redaction is of this field. */
function isOf(name: string, probe: string, field: string): boolean {
	return field === COMM ? name === COMM : parsePattern(name)(`${probe}.${field}`);
}

/** Whether it is of the common context. */
export function isOfContext({ name }: RedactableField): boolean {
	return name === COMM;
}

/** What all events have. */
const CONTEXT = /^(?:cpu|time_unix_nano|process(?:\.[a-z_]+)?)$/;

/** What is wrong with a name of a redaction, in words; undefined: nothing. One that no probe has would redact nothing. */
export function redactionProblem(name: string, probes: readonly RedactableProbe[]): string | undefined {
	const known: readonly string[] = [...REDACTION_CLASSES, COMM];
	if (known.includes(name)) return undefined;
	if (probes.some(({ id }) => id === name)) return `must be ${name}.* for all fields of this probe`;
	if (CONTEXT.test(name)) return `must be ${COMM}: nothing else of what all events have can be blank`;
	const fields = probes.flatMap(({ id, redactable }) =>
		redactable.filter((field) => !isOfContext(field)).map((field) => `${id}.${field.name}`),
	);
	if (fields.some(parsePattern(name))) return undefined;
	const suggestion = suggest(name, [...known, ...fields]);
	const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
	return `must be a class (${REDACTION_CLASSES.join(', ')}) or a field of a probe, as PROBE.FIELD${hint}`;
}

/** The probe whose events say of a process what metadata says. */
const EXEC = 'process.exec';

/** What metadata and stacks may not tell: they say what the events of process.exec say, so what is redacted there. */
export function withheldFacts(names: readonly string[], probes: readonly RedactableProbe[]): Withheld {
	const exec = probes.find(({ id }) => id === EXEC);
	if (exec === undefined) return NOTHING_WITHHELD;
	const redacted = redactionOf(exec, names).names;
	return { arguments: redacted.has('args'), paths: redacted.has('path') };
}
