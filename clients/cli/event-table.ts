import { fromBinary } from '@bufbuild/protobuf';
import {
	createMetadataIndex,
	createStackIndex,
	formatStack,
	StreamEventsResponseSchema,
	type Trace,
} from '../typescript/index.js';
import { escapeText } from './escape.js';
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
	const stacks = createStackIndex();
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
			stacks.add(message);
			for (const event of message.events) {
				const own = hasMetadata ? metadataCells(index.of(event)) : [];
				text += `${layout?.row([...eventCells(event), ...own, ...format.cells(event)])}\n`;
				for (const { of, stack } of stacks.of(event)) {
					text += `  ${of} stack\n`;
					for (const frame of formatStack(stack)) text += `    ${escapeText(frame)}\n`;
				}
			}
			if (text !== '') await output.write(text);
		},
		async end() {},
	};
}
