import { Option } from 'commander';

/** How commands that list things write them. */
export type ListFormat = 'table' | 'json';

/** Adds -o to such a command. */
export function listFormatOption(): Option {
	return new Option('-o, --output <format>', 'table, or json: one list')
		.choices(['table', 'json'])
		.default('table');
}
