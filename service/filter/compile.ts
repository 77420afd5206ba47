import type { FilterMap } from './bpf/code.js';
import { generate, type Program } from './bpf/generate.js';
import { balanced } from './conditions.js';
import { createEnvironment } from './environment.js';
import type { ContextGroup, FilterField, FilterSchema } from './field.js';
import type { Host } from './host.js';
import { type Bool, childrenOf, eachField, type Int, mayFail } from './ir.js';
import { MAX_ALL_CONTAINS_BYTES, MAX_MAPS, MAX_TEXT_SCANS } from './limits.js';
import { type Conjunct, lower } from './lower.js';
import { parseExpression } from './parse.js';
import { FilterProblem } from './problem.js';
import { NO_REDACTION, type Redaction } from './redaction.js';
import { assertNothingWithheld } from './withheld.js';

/** An expression that is right: what of it must hold. */
export type ParsedFilter = readonly Conjunct[];

/** What runs in the kernel for the filters of one probe. */
export interface CompiledFilter {
	/** Runs when only the context is known, and nothing of the caller's memory has been read; undefined: nothing to ask. */
	readonly early: FilterPart | undefined;
	/** Runs on the whole event. */
	readonly late: FilterPart | undefined;
	/** What the early part reads. */
	readonly earlyContext: readonly ContextGroup[];
	/** What the late part reads beside that. */
	readonly lateContext: readonly ContextGroup[];
}

/** One of the two parts. */
export interface FilterPart {
	/** As the caller wrote it; empty: it only blanks. */
	readonly text: string;
	/** Names of fields that it blanks in an event that matches. */
	readonly blanked: readonly string[];
	readonly program: Program;
}

/** The filters that one schema allows. */
export interface FilterLanguage {
	/**
	 * @param withheld names that the expression may not have: by an answer the caller would learn what is redacted for him.
	 * @throws FilterProblem.
	 */
	parse(expression: string, withheld?: ReadonlySet<string>): ParsedFilter;
}

/** Makes the language of a probe, or of what all probes have in common. */
export function createFilterLanguage(schema: FilterSchema, host: Host): FilterLanguage {
	return {
		parse(expression, withheld = NOTHING) {
			// A fresh one each time, which takes 0.2 ms: it remembers every name that it was ever asked for.
			const environment = createEnvironment(schema);
			const ast = parseExpression(environment, schema, expression, withheld);
			const conjuncts = lower(environment, schema, host, expression, ast);
			for (const { ir } of conjuncts) assertNothingWithheld(ir, withheld);
			return conjuncts;
		},
	};
}

const NOTHING: ReadonlySet<string> = new Set();

/**
 * Makes the programs of filters that must all hold. What reads only the context and cannot fail goes first: an expression
 * of which one part fails while another one is false is false, wherever they stand. What is redacted is blanked when all filters
 * have matched, so they may name it.
 *
 * @throws FilterProblem when they get too large.
 */
export function compileFilter(
	filters: readonly ParsedFilter[],
	redaction: Redaction = NO_REDACTION,
): CompiledFilter {
	const conjuncts = filters.flat();
	checkScans(conjuncts);
	const early = conjuncts.filter(isEarly);
	const late = conjuncts.filter((conjunct) => !isEarly(conjunct));
	const earlyContext = contextOf(early);
	const [earlyPart, latePart] = [partOf(early, NO_REDACTION), partOf(late, redaction)];
	const maps = mapsOf(earlyPart).length + mapsOf(latePart).length;
	if (maps > MAX_MAPS) {
		throw new FilterProblem(
			`the filter has ${maps} long lists, process trees and trees of groups, it may have ${MAX_MAPS}`,
		);
	}
	return {
		early: earlyPart,
		late: latePart,
		earlyContext,
		lateContext: lateContextOf(late, redaction).filter((group) => !earlyContext.includes(group)),
	};
}

/** What is blanked is filled before, or it would be filled afterwards. */
function lateContextOf(conjuncts: readonly Conjunct[], { fields }: Redaction): ContextGroup[] {
	return [...new Set([...contextOf(conjuncts), ...fields.flatMap(({ context }) => context ?? [])])];
}

function mapsOf(part: FilterPart | undefined): readonly FilterMap[] {
	return part?.program.maps ?? [];
}

function contextOf(conjuncts: readonly Conjunct[]): ContextGroup[] {
	return [...new Set(conjuncts.flatMap(({ ir }) => fieldsOf(ir).flatMap(({ context }) => context ?? [])))];
}

function isEarly({ ir }: Conjunct): boolean {
	return !mayFail(ir) && fieldsOf(ir).every(({ context }) => context !== undefined);
}

function fieldsOf(ir: Bool): FilterField[] {
	const fields: FilterField[] = [];
	eachField(ir, (field) => fields.push(field));
	return fields;
}

function partOf(conjuncts: readonly Conjunct[], { fields }: Redaction): FilterPart | undefined {
	// What is always true is not asked.
	const asked = conjuncts.filter(({ ir }) => ir.op !== 'bool' || !ir.value);
	if (asked.length === 0 && fields.length === 0) return undefined;
	const whole = balanced(
		'and',
		asked.map(({ ir }) => ir),
	);
	return {
		text: asked.map(({ text }) => text).join(' && '),
		blanked: fields.map(({ name }) => name),
		program: generate(
			whole,
			fields.map(({ place }) => place),
		),
	};
}

function checkScans(conjuncts: readonly Conjunct[]): void {
	let scans = 0;
	let bytes = 0;
	const count = (node: Int | Bool) => {
		if (node.op === 'text' && node.how === 'contains') {
			scans++;
			bytes += node.bytes.length;
		}
		if (node.op === 'size' && node.of === 'codePoints') scans++;
		for (const child of childrenOf(node)) count(child);
	};
	for (const { ir } of conjuncts) count(ir);
	if (scans > MAX_TEXT_SCANS) {
		throw new FilterProblem(
			`the filter has ${scans} uses of contains() and of size() of texts, it may have ${MAX_TEXT_SCANS}`,
		);
	}
	if (bytes > MAX_ALL_CONTAINS_BYTES) {
		throw new FilterProblem(
			`the texts that contains() looks for have ${bytes} bytes together, they may have ${MAX_ALL_CONTAINS_BYTES}`,
		);
	}
}
