import { ServiceError } from '../error.js';
import { caretText, FilterProblem, positionOf } from './problem.js';

/**
 * What a caller gets for a filter that is not right: the mistake, the line that it is in, and carets under it.
 *
 * @param field of the request.
 */
export function refuseFilter(
	field: string,
	expression: string,
	{ summary, range, hints }: FilterProblem,
): ServiceError {
	const { start, end } = range ?? { start: 0, end: expression.length };
	const { line, column } = positionOf(expression, start);
	const where = range === undefined ? '' : `, line ${line}, column ${column}`;
	const shown = range === undefined ? '' : `\n${caretText(expression, { start, end })}`;
	const metadata: Record<string, string> =
		range === undefined
			? {}
			: {
					...{
						line: String(line),
						column: String(column),
						length: String([...expression.slice(start, end)].length),
					},
				};
	for (const [name, value] of Object.entries(hints)) if (value !== undefined) metadata[name] = value;
	return new ServiceError('INVALID_FILTER', `${field}${where}: ${summary}${shown}`, {
		violations: [{ field, description: `${summary}${shown}` }],
		metadata,
	});
}

/** Calls what may find a mistake in a filter. @throws ServiceError INVALID_FILTER. */
export function refusing<T>(field: string, expression: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (error instanceof FilterProblem) throw refuseFilter(field, expression, error);
		throw error;
	}
}
