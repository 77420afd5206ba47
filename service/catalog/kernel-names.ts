import type { FilterSchema } from '../filter/field.js';
import { loadNative, type Plan, type PlanStep } from '../native.js';
import { systemCallNamesByValue } from './system-calls.js';

/** Numbers above have no names here: enums of the kernel have some hundred values, those of modules begin at 65,536. */
const MOST_NAMES = 4_096;

/** The one that the kernel has no enum for. */
const SYSTEM_CALL = 'system_call';

const known = new Map<string, readonly string[]>();

/**
 * The running kernel's names for the values of one of its enums, by value, without the words that all of them begin with:
 * "NO_SOCKET" for SKB_DROP_REASON_NO_SOCKET. The kernel's types are read once for each enum, when it is first asked for.
 */
export function kernelNames(of: string): readonly string[] {
	const found = known.get(of) ?? readNames(of);
	known.set(of, found);
	return found;
}

function readNames(of: string): string[] {
	if (of === SYSTEM_CALL) return systemCallNamesByValue();
	const prefix = `${of.toUpperCase()}_`;
	const names: string[] = [];
	for (const { name, value } of loadNative().kernelEnum(of)) {
		// Some values have two names; the first one is the proper one.
		if (value <= 0 || value >= MOST_NAMES || names[value] !== undefined) continue;
		names[value] = name.startsWith(prefix) ? name.slice(prefix.length) : name;
	}
	return Array.from(names, (name) => name ?? '');
}

/** A plan with the names of the running kernel. */
export function withNames({ steps }: Plan): Plan {
	return { steps: steps.map(nameStep) };
}

function nameStep(step: PlanStep): PlanStep {
	if (step.op === 'name') return { ...step, names: kernelNames(step.of) };
	return step.op === 'message' ? { ...step, steps: step.steps.map(nameStep) } : step;
}

/** What filters may name, the same way. */
export function schemaWithNames(schema: FilterSchema): FilterSchema {
	const fields = schema.fields.map((field) =>
		field.at.kind === 'name' ? { ...field, at: { ...field.at, names: kernelNames(field.at.of) } } : field,
	);
	return { ...schema, fields };
}
