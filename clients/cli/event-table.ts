import { fromBinary } from '@bufbuild/protobuf';
import { StreamEventsResponseSchema, type Trace } from '../typescript/index.js';
import { EVENT_COLUMNS, eventCells } from './event-row.js';
import type { Output } from './output.js';
import { payloadFormatOf } from './payload-formats.js';
import { type Layout, layOut } from './table.js';
import type { TraceOutput } from './trace-output.js';

/** Shows events as a table, one line each. */
export function createEventTable(output: Output): TraceOutput {
	let format = payloadFormatOf([]);
	let layout: Layout | undefined;
	return {
		decode: (message) => fromBinary(StreamEventsResponseSchema, message),
		begin({ probes }: Trace) {
			format = payloadFormatOf(probes.map(({ spec }) => spec?.probe ?? ''));
			layout = layOut([...EVENT_COLUMNS, ...format.columns], output.columns);
			return output.write(`${layout.header}\n`);
		},
		async show({ events }) {
			let text = '';
			for (const event of events) {
				text += `${layout?.row([...eventCells(event), ...format.cells(event)])}\n`;
			}
			if (text !== '') await output.write(text);
		},
		async end() {},
	};
}
