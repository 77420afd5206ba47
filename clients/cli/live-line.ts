import type { StreamEventsResponse } from '../typescript/index.js';
import { lostOf } from './accounting-line.js';
import type { Output } from './output.js';

const EVERY_MS = 1_000;
/** ECMA-48: to the first column, and erase to the end of the line. */
const CLEAR = '\r\x1b[K';

/** A line at the bottom of the terminal that says how a trace is going. */
export interface LiveLine {
	/** Takes the figures of a message. */
	note(message: StreamEventsResponse): void;
	/** Takes the line away while something else is written to the terminal. */
	aside(write: () => Promise<void>): Promise<void>;
	/** Takes it away for good. */
	end(): Promise<void>;
}

/** Shows rate, total and losses, every second. */
export function createLiveLine(terminal: Output): LiveLine {
	let events = 0;
	let before = 0;
	let lost = 0n;
	let line = '';
	const timer = setInterval(() => {
		line = liveText(((events - before) * 1_000) / EVERY_MS, events, lost);
		before = events;
		// A line of progress that cannot be written is not worth failing for.
		terminal.write(CLEAR + line).catch(() => undefined);
	}, EVERY_MS);
	timer.unref();
	return {
		note({ eventCount, accounting }) {
			events += eventCount;
			if (accounting !== undefined) lost = lostOf(accounting);
		},
		async aside(write) {
			if (line !== '') await terminal.write(CLEAR);
			await write();
			if (line !== '') await terminal.write(line);
		},
		async end() {
			clearInterval(timer);
			if (line !== '') await terminal.write(CLEAR);
			line = '';
		},
	};
}

/** For example "12,345 events/s  total 1,234,567  lost 0". */
export function liveText(perSecond: number, events: number, lost: bigint): string {
	const format = (value: number | bigint) => value.toLocaleString('en-US');
	return `${format(Math.round(perSecond))} events/s  total ${format(events)}  lost ${format(lost)}`;
}

/** Output to the same terminal, which the line makes room for. */
export function besideLiveLine(output: Output, live: LiveLine): Output {
	return { ...output, write: (text) => live.aside(() => output.write(text)) };
}
