import { type ASTNode, type Environment, ParseError, TypeError as TypeProblem } from '@marcbachmann/cel-js';
import { suggest } from '../suggest.js';
import type { FilterSchema } from './field.js';
import {
	MAX_AST_NODES,
	MAX_CHAINED,
	MAX_DEPTH,
	MAX_EXPRESSION_LENGTH,
	MAX_LIST_ELEMENTS,
	MAX_NESTING,
} from './limits.js';
import { FilterProblem } from './problem.js';
import { childrenOf } from './syntax-tree.js';
import { checkWithheld } from './withheld.js';

/** Longer names are nobody's. */
const MAX_NAME = 64;

/** Limits of the parser, by its own words for them. */
const LIMITS: Readonly<Record<string, string>> = {
	maxAstNodes: `an expression may have ${MAX_AST_NODES.toLocaleString('en-US')} parts`,
	maxDepth: `an expression may be nested ${MAX_DEPTH} deep`,
	maxListElements: `a list may have ${MAX_LIST_ELEMENTS.toLocaleString('en-US')} elements`,
};

/**
 * Parses and checks an expression.
 *
 * @param withheld names that it may not have.
 * @throws FilterProblem unless it is one that gives a bool.
 */
export function parseExpression(
	environment: Environment,
	schema: FilterSchema,
	expression: string,
	withheld: ReadonlySet<string>,
): ASTNode {
	if (expression.length > MAX_EXPRESSION_LENGTH) {
		const most = MAX_EXPRESSION_LENGTH.toLocaleString('en-US');
		throw new FilterProblem(
			`the expression has ${expression.length.toLocaleString('en-US')} characters, it may have ${most}`,
			{ start: 0, end: 1 },
		);
	}
	try {
		const { ast, check } = environment.parse(expression);
		checkShape(ast);
		checkWithheld(ast, withheld);
		const { valid, type, error } = check();
		if (!valid) throw error ?? new Error('the checker gave no reason');
		if (type !== 'bool') {
			throw new FilterProblem(`the expression gives ${type}, a filter must give bool`, ast, {
				expected: 'bool',
				found: type ?? 'unknown',
			});
		}
		return ast;
	} catch (error) {
		throw explain(error, schema, expression);
	}
}

function explain(error: unknown, schema: FilterSchema, expression: string): unknown {
	// The parser and the checker call themselves for what is nested.
	if (error instanceof RangeError)
		return new FilterProblem(
			`the expression is too long or nested too deep: it may be nested ${MAX_NESTING} deep, with chains of ${MAX_CHAINED} parts`,
		);
	if (!(error instanceof ParseError || error instanceof TypeProblem)) return error;
	const { summary, code, range } = error;
	const limit = Object.entries(LIMITS).find(([name]) => summary.includes(name))?.[1];
	if (limit !== undefined && code === 'limit_exceeded') return new FilterProblem(limit, range);
	const wrong = range === undefined ? '' : expression.slice(range.start, range.end);
	if (code === 'unknown_variable' || code === 'no_such_key')
		return unknownField(schema, nameAt(expression, range?.start ?? 0, wrong), range);
	const [, expected, found] = /expected type '([^']+)' but found '([^']+)'/.exec(summary) ?? [];
	if (expected !== undefined && found !== undefined)
		return new FilterProblem(summary, range, { expected, found });
	const [, left, right] = /^no such overload: (\S+) (?:\S+) (\S+)$/.exec(summary) ?? [];
	if (left !== undefined && right !== undefined) {
		return new FilterProblem(summary, range, { expected: left, found: right });
	}
	return new FilterProblem(summary, range);
}

/** For a name that nothing has, with the one that was perhaps meant. */
export function unknownField(
	schema: FilterSchema,
	name: string,
	range: { readonly start: number; readonly end: number } | undefined,
): FilterProblem {
	const suggestion = name.length > MAX_NAME ? undefined : suggest(name, namesOf(schema));
	const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
	const last = name.slice(name.lastIndexOf('.') + 1).slice(0, MAX_NAME);
	return new FilterProblem(`there is no field ${last}${hint}`, range, { suggestion });
}

/** With what stands before it: "process.uidd" for "uidd". */
function nameAt(expression: string, start: number, wrong: string): string {
	const [before = ''] = /[\w.]*$/.exec(expression.slice(Math.max(0, start - MAX_NAME), start)) ?? [];
	return before + wrong;
}

function namesOf({ fields, enumValues }: FilterSchema): string[] {
	const names = fields.map(({ name }) => name).filter((name) => !name.includes('._'));
	return [...names, ...Object.keys(enumValues)];
}

/**
 * How deep, with chains of && and || as one level, and how long such a chain may be: beyond, checker and compiler, which call
 * themselves, might or might not have room.
 *
 * @throws FilterProblem.
 */
function checkShape(root: ASTNode): void {
	const open: { readonly node: ASTNode; readonly depth: number; readonly chain: number }[] = [
		{ node: root, depth: 1, chain: 1 },
	];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		const { node, depth, chain } = next;
		if (depth > MAX_NESTING) throw new FilterProblem(`an expression may be nested ${MAX_NESTING} deep`, node);
		if (chain > MAX_CHAINED)
			throw new FilterProblem(
				`a chain of && or || may have ${MAX_CHAINED.toLocaleString('en-US')} parts`,
				node,
			);
		for (const child of childrenOf(node)) {
			const goesOn = (node.op === '&&' || node.op === '||') && child.op === node.op;
			open.push({ node: child, depth: goesOn ? depth : depth + 1, chain: goesOn ? chain + 1 : 1 });
		}
	}
}
