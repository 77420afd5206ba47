import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilterSchema } from '../filter/field.js';
import type { RedactableField } from '../filter/redaction.js';
import type { CostClass, Sensitivity } from '../gen/sonde/v1/options.js';
import type { Plan } from '../native.js';
import { PACKAGE_ROOT } from '../paths.js';

/** Where the build writes the catalogue. */
export const CATALOG_FILE = join(PACKAGE_ROOT, 'service/catalog/gen/catalog.json');
/** Where the build puts compiled BPF objects. */
export const OBJECT_DIRECTORY = join(PACKAGE_ROOT, 'bpf/gen');

/** A program of a probe that is attached. */
export interface CatalogProgram {
	/** What it is attached to: the first part of its section, for example "tracepoint". */
	readonly kind: string;
	/** Its section. */
	readonly attachPoint: string;
	/** It keeps arguments: attached only where the kernel has no bpf_task_pt_regs. */
	readonly keepsArguments: boolean;
}

/** A part of a probe that kernels may lack. */
export interface OptionalHook {
	/** Sections of its programs. */
	readonly attachPoints: string[];
	/** What the probe does not see without it. */
	readonly limitation: string;
}

/** The options that a use of a probe can be given. */
export interface CatalogOptions {
	/** The line of ProbeSpec.options, as generated code names it. */
	readonly case: string;
	readonly fields: readonly CatalogOption[];
}

/** One option, and the constant of the object that it becomes. */
export interface CatalogOption {
	/** Of the contract. */
	readonly name: string;
	/** In generated code. */
	readonly localName: string;
	readonly type: string;
	readonly unit: string;
	readonly description: string;
	readonly constant: string;
	readonly kind: OptionKind;
}

/** How an option becomes bytes; "systemCalls": names, as a bit for each number, all of them if there is no name. */
export type OptionKind = 'bool' | 'uint32' | 'uint64' | 'systemCalls';

/** A probe, as the build joined it from contract and BPF object. */
export interface CatalogEntry {
	/** For ProbeSpec.probe. */
	readonly id: string;
	/** File name of the BPF object, without its suffix. */
	readonly object: string;
	/** Full name of the payload message. */
	readonly payload: string;
	readonly summary: string;
	readonly description: string;
	readonly cost: CostClass;
	readonly costNote: string;
	readonly programs: CatalogProgram[];
	/** What it can do without. */
	readonly optionalHooks: OptionalHook[];
	readonly fields: {
		readonly name: string;
		readonly type: string;
		readonly unit: string;
		readonly description: string;
		readonly enumValues: string[];
		readonly sensitivity: Sensitivity[];
	}[];
	/** Undefined: it has none. */
	readonly options: CatalogOptions | undefined;
	readonly plan: Plan;
	/** What filters of it may name. */
	readonly filter: FilterSchema;
	/** What can be blanked in its events. */
	readonly redactable: readonly RedactableField[];
}

/** Reads the catalogue that the build made. @throws Error when the package has not been built. */
export function readCatalog(): CatalogEntry[] {
	// Generated with the code that reads it, from this type: it is checked no more than the code is.
	const entries: CatalogEntry[] = JSON.parse(readFileSync(CATALOG_FILE, 'utf8'));
	return entries;
}

/** Reads the BPF object of a probe. */
export function readObject(name: string): Buffer {
	return readFileSync(join(OBJECT_DIRECTORY, `${name}.bpf.o`));
}
