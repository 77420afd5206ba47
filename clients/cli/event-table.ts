import { fromBinary } from '@bufbuild/protobuf';
import { createMetadataIndex, StreamEventsResponseSchema, type Trace } from '../typescript/index.js';
import { EVENT_COLUMNS, eventCells } from './event-row.js';
import { METADATA_COLUMNS, metadataCells } from './metadata-columns.js';
import type { Output } from './output.js';
import { payloadFormatOf } from './payload-formats.js';
import { type Layout, layOut } from './table.js';
import type { TraceOutput } from './trace-output.js';

/** Shows events as a table, one line each. */
export function createEventTable(output: Output): TraceOutput {
	let format = payloadFormatOf([]);
	let layout: Layout | undefined;
	let hasMetadata = false;
	const index = createMetadataIndex();
	return {
		decode: (message) => fromBinary(StreamEventsResponseSchema, message),
		begin({ probes, metadata }: Trace) {
			hasMetadata = metadata;
			format = payloadFormatOf(probes.map(({ spec }) => spec?.probe ?? ''));
			const own = hasMetadata ? METADATA_COLUMNS : [];
			layout = layOut([...EVENT_COLUMNS, ...own, ...format.columns], output.columns);
			return output.write(`${layout.header}\n`);
		},
		async show(message) {
			let text = '';
			index.add(message);
			for (const event of message.events) {
				const own = hasMetadata ? metadataCells(index.of(event)) : [];
				text += `${layout?.row([...eventCells(event), ...own, ...format.cells(event)])}\n`;
			}
			if (text !== '') await output.write(text);
		},
		async end() {},
	};
}
