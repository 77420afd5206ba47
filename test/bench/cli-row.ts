import { parseCliAccounting } from './cli-accounting.js';
import { measureFileReader } from './file-row.js';
import type { Processes } from './processes.js';
import type { Row } from './row.js';
import { type ServiceOptions, startCli, startService } from './service.js';
import { FASTEST_OPTIONS } from './trace-request.js';

export const CLI_ROW = 'Sonde, CLI in JSON';

/** A fresh service and `sonde trace -o json`, which writes a line for each event into a file. */
export function createCliRow(
	processes: Processes,
	scratch: string,
	options: ServiceOptions,
	signal: AbortSignal,
): Row {
	const args = ['trace', 'file.open', '-o', 'json', ...FASTEST_OPTIONS];
	return {
		name: CLI_ROW,
		isOptional: false,
		measure: async (seconds) => {
			const service = await startService(processes, options, signal);
			const { load, file, uses, stderr } = await measureFileReader(
				processes,
				{
					scratch,
					start: (output) => startCli(processes, service, args, output),
					servers: [service.child],
				},
				seconds,
				signal,
			);
			await service.close();
			const [client, server = client] = uses;
			return {
				load,
				events: file.lines,
				bytes: file.bytes,
				lost: load.calls - file.hits,
				server,
				client,
				details: parseCliAccounting(stderr),
			};
		},
	};
}
