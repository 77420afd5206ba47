import { type ASTNode, type Environment, ParseError, TypeError as TypeProblem } from '@marcbachmann/cel-js';
import type { FilterSchema } from './field.js';
import { MAX_AST_NODES, MAX_DEPTH, MAX_EXPRESSION_LENGTH, MAX_LIST_ELEMENTS } from './limits.js';
import { FilterProblem } from './problem.js';
import { suggest } from './suggest.js';

/** Limits of the parser, by its own words for them. */
const LIMITS: Readonly<Record<string, string>> = {
	maxAstNodes: `an expression may have ${MAX_AST_NODES.toLocaleString('en-US')} parts`,
	maxDepth: `an expression may be nested ${MAX_DEPTH} deep`,
	maxListElements: `a list may have ${MAX_LIST_ELEMENTS.toLocaleString('en-US')} elements`,
};

/**
 * Parses and checks an expression.
 *
 * @throws FilterProblem unless it is one that gives a bool.
 */
export function parseExpression(environment: Environment, schema: FilterSchema, expression: string): ASTNode {
	if (expression.length > MAX_EXPRESSION_LENGTH) {
		const most = MAX_EXPRESSION_LENGTH.toLocaleString('en-US');
		throw new FilterProblem(
			`the expression has ${expression.length.toLocaleString('en-US')} characters, it may have ${most}`,
			{ start: 0, end: 1 },
		);
	}
	try {
		const { ast, check } = environment.parse(expression);
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
	if (error instanceof RangeError) return new FilterProblem('the expression is too long or nested too deep');
	if (!(error instanceof ParseError || error instanceof TypeProblem)) return error;
	const { summary, code, range } = error;
	const limit = Object.entries(LIMITS).find(([name]) => summary.includes(name))?.[1];
	if (limit !== undefined) return new FilterProblem(limit, range);
	const wrong = range === undefined ? '' : expression.slice(range.start, range.end);
	if (code === 'unknown_variable' || code === 'no_such_key') {
		const suggestion = suggest(nameAt(expression, range?.start ?? 0, wrong), namesOf(schema));
		const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`;
		return new FilterProblem(`there is no field ${wrong}${hint}`, range, { suggestion });
	}
	const [, expected, found] = /expected type '([^']+)' but found '([^']+)'/.exec(summary) ?? [];
	if (expected !== undefined && found !== undefined)
		return new FilterProblem(summary, range, { expected, found });
	const [, left, right] = /^no such overload: (\S+) (?:\S+) (\S+)$/.exec(summary) ?? [];
	if (left !== undefined && right !== undefined) {
		return new FilterProblem(summary, range, { expected: left, found: right });
	}
	return new FilterProblem(summary, range);
}

/** With what stands before it: "process.uidd" for "uidd". */
function nameAt(expression: string, start: number, wrong: string): string {
	const [before = ''] = /[\w.]*$/.exec(expression.slice(0, start)) ?? [];
	return before + wrong;
}

function namesOf({ fields, enumValues }: FilterSchema): string[] {
	const names = fields.map(({ name }) => name).filter((name) => !name.includes('._'));
	return [...names, ...Object.keys(enumValues)];
}
