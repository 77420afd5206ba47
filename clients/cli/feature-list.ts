import { displayWidth, pad } from './display-width.js';
import { escapeControls } from './escape.js';

/** Something that a node needs or can make use of; both sides of the contract have these fields. */
export interface FeatureFacts {
	readonly name: string;
	readonly available: boolean;
	/** Nothing can be traced without it. */
	readonly required: boolean;
	/** What was found, or what is missing. */
	readonly detail: string;
	/** What to do about it; may be empty. */
	readonly remedy: string;
}

/** One line a feature, and below a missing one what to do about it; then the verdict. */
export function featureList(features: readonly FeatureFacts[]): string {
	const nameWidth = Math.max(0, ...features.map(({ name }) => displayWidth(escapeControls(name))));
	const lines = features.flatMap(({ name, available, required, detail, remedy }) => {
		const state = available ? 'ok' : 'missing';
		const note = available || required ? '' : ' (optional)';
		const line = `${pad(state, 7)}  ${pad(escapeControls(name), nameWidth)}  ${escapeControls(detail)}${note}`;
		return available || remedy === '' ? [line] : [line, `${' '.repeat(9)}to do: ${escapeControls(remedy)}`];
	});
	const missing = missingRequired(features).map(({ name }) => escapeControls(name));
	lines.push(
		missing.length === 0 ? 'This host can be traced.' : `Cannot trace without: ${missing.join(', ')}.`,
	);
	return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** Features without which nothing can be traced and that are not there. */
export function missingRequired<Feature extends FeatureFacts>(features: readonly Feature[]): Feature[] {
	return features.filter(({ available, required }) => required && !available);
}
