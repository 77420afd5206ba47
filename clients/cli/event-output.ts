import { createEventCount } from './event-count.js';
import type { EventFormat } from './event-format.js';
import { createEventJson } from './event-json.js';
import { createEventTable } from './event-table.js';
import type { Output } from './output.js';
import type { TraceOutput } from './trace-output.js';

/** Shows events in this form. */
export function createEventOutput(format: EventFormat, stdout: Output): TraceOutput {
	switch (format) {
		case 'table':
			return createEventTable(stdout);
		case 'json':
			return createEventJson(stdout);
		case 'count':
			return createEventCount(stdout);
	}
}
