import { IdentityError, SondeError } from '../typescript/index.js';
import { escapeControls } from './escape.js';

/** Says in one line what went wrong, whatever was thrown; of a filter with the line of the mistake. */
export function describeError(error: unknown): string {
	if (error instanceof IdentityError) {
		return oneLine(`${error.message} (--identity or SONDE_IDENTITY names the directory of the identity)`);
	}
	if (!(error instanceof SondeError)) return oneLine(error instanceof Error ? error.message : String(error));
	// The place of the mistake stands under the filter.
	if (error.reason === 'INVALID_FILTER') return error.message.split('\n').map(escapeControls).join('\n');
	const violations = error.violations
		.filter(({ description }) => !error.message.includes(description))
		.map(({ field, description }) => `${field}: ${description}`);
	return oneLine([error.message, ...violations].join('; '));
}

function oneLine(text: string): string {
	return escapeControls(text.trim().replace(/\s*\n\s*/g, ' '));
}
