import { escapeControls } from './escape.js';
import type { FilterOptions } from './filter.js';
import { createOutput } from './output.js';
import { withClient } from './with-client.js';

/** `sonde filter check` and `sonde filter explain`. */
export async function runFilter(filter: string, options: FilterOptions): Promise<void> {
	const { probe, explain } = options;
	const answer = await withClient(options, (client) => client.checkFilter({ probe, filter }));
	const { earlyExpression, earlyInstructions, lateExpression, lateInstructions, verifiedInstructions } =
		answer;
	const lines = [
		...partLines('early', earlyExpression, earlyInstructions, 'before anything else of the event is known'),
		...partLines('late', lateExpression, lateInstructions, 'on the whole event'),
	];
	if (lines.length === 0) lines.push('always true: nothing runs');
	if (verifiedInstructions > 0n) {
		lines.push(`verified: the kernel walked ${verifiedInstructions.toLocaleString('en-US')} instructions`);
	}
	const listing = explain ? `\n${answer.listing}` : '';
	await createOutput(process.stdout).write(`${lines.join('\n')}\n${listing}`);
}

function partLines(name: string, expression: string, instructions: number, when: string): string[] {
	if (expression === '') return [];
	return [`${name}, ${when}: ${escapeControls(expression)}`, `  ${instructions} instructions`];
}
