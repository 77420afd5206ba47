import type { Event } from './gen/sonde/v1/event_pb.js';
import type { StacksRecord } from './gen/sonde/v1/record_pb.js';
import type { StreamEventsResponse } from './gen/sonde/v1/trace_service_pb.js';

/** A stack that an event names. */
export interface EventStack {
	/** The field that names it, without its end: "kernel" for kernel_stack_id. */
	readonly of: string;
	readonly stack: StacksRecord;
}

/** The stacks that one stream has said. */
export interface StackIndex {
	/** Takes the records of a message in; to be called for each message, before its events are looked up. */
	add(message: Pick<StreamEventsResponse, 'records'>): void;
	/** The stacks that an event names, in the order of its fields. */
	of(event: Event): EventStack[];
}

/** As many as a node gives numbers to before it begins anew. What came first is forgotten first. */
const MOST_STACKS = 65_536;
const FIELD = /^(.+)StackId$/;

/** Makes an empty index. */
export function createStackIndex(): StackIndex {
	const stacks = new Map<number, StacksRecord>();
	return {
		add({ records }) {
			for (const { kind } of records) {
				if (kind.case !== 'stacks') continue;
				stacks.set(kind.value.stackId, kind.value);
				const [oldest] = stacks.keys();
				if (stacks.size > MOST_STACKS && oldest !== undefined) stacks.delete(oldest);
			}
		},
		of({ payload }) {
			if (stacks.size === 0 || payload.value === undefined) return [];
			return Object.entries(payload.value).flatMap(([name, id]) => {
				const field = FIELD.exec(name)?.[1];
				const stack = typeof id === 'number' ? stacks.get(id) : undefined;
				return field === undefined || stack === undefined ? [] : [{ of: field, stack }];
			});
		},
	};
}

/** The frames of a stack as people read them, innermost first: "function+0x1f (module)", or the bare address. */
export function formatStack({
	addresses,
	symbols,
	symbolOffsets,
	modules,
	fileOffsets,
}: StacksRecord): string[] {
	return addresses.map((address, i) => {
		const [symbol = '', module = ''] = [symbols[i], modules[i]];
		const within = module === '' ? '' : ` (${module})`;
		if (symbol !== '') return `${symbol}+${hex(symbolOffsets[i])}${within}`;
		return module === '' ? hex(address) : `${module}+${hex(fileOffsets[i])}`;
	});
}

function hex(value: bigint | undefined): string {
	return `0x${(value ?? 0n).toString(16)}`;
}
