import type { z } from 'zod';
import { cutText, escapeUnprintable, quoteInput } from '../quote-input.js';

/** Longest text of an issue, bytes: names and values of a file can have any length. */
const MAX_ISSUE_BYTES = 512;

/**
 * The first thing that is wrong with a file's content, on one line: the field, its value, and what it must be.
 *
 * @param content As it was read.
 */
export function describeIssue({ issues: [first] }: z.ZodError, content: unknown): string {
	const { path, message } = innermost(first);
	// Of a key that is not known, the object would be shown: its name is in the message.
	const value = path.reduce<unknown>((holder, key) => Reflect.get(Object(holder), key), content);
	const shown = typeof value === 'object' || value === undefined ? '' : ` is ${valueText(value)}`;
	return cutText(escapeUnprintable(`${pathText(path) || 'the file'}${shown}: ${message}`), MAX_ISSUE_BYTES);
}

function valueText(value: unknown): string {
	return typeof value === 'string' ? quoteInput(value) : JSON.stringify(value);
}

/** Of several forms, what is wrong with the one that comes closest: the one that is wrong farthest inside. */
function innermost(issue: z.core.$ZodIssue | undefined): { path: readonly PropertyKey[]; message: string } {
	if (issue === undefined) return { path: [], message: 'is not right' };
	if (issue.code !== 'invalid_union' || issue.errors.length === 0) return issue;
	const forms = issue.errors.map((issues) => {
		const [first] = issues;
		return { ...innermost(first), count: issues.length };
	});
	const [best] = forms.sort((a, b) => a.count - b.count || b.path.length - a.path.length);
	return best === undefined ? issue : { path: [...issue.path, ...best.path], message: best.message };
}

function pathText(path: readonly PropertyKey[]): string {
	return path.reduce<string>((text, key) => {
		if (typeof key === 'number') return `${text}[${key}]`;
		return text === '' ? String(key) : `${text}.${String(key)}`;
	}, '');
}
