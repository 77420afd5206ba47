import { Option } from 'commander';

const FORMATS = ['table', 'json', 'count'] as const;

/** How events are shown. */
export type EventFormat = (typeof FORMATS)[number];

/** Adds --output for events. */
export function eventFormatOption(): Option {
	return new Option('-o, --output <format>', 'table; json, one event a line; or count, the totals only')
		.choices(FORMATS)
		.default('table');
}
