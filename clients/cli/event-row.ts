import type { Event } from '../typescript/index.js';
import { escapeBytes, escapeText } from './escape.js';
import type { Column } from './table.js';

/** Columns that every event has. */
export const EVENT_COLUMNS: readonly Column[] = [
	{ title: 'TIME', width: 12, exact: true },
	{ title: 'PROCESS', width: 15, minWidth: 10 },
	{ title: 'TID', width: 7, exact: true, align: 'right' },
	{ title: 'UID', width: 5, exact: true, align: 'right' },
	{ title: 'CPU', width: 3, exact: true, align: 'right' },
];

/** Their cells, escaped. */
export function eventCells({ timeUnixNano, process, cpu }: Event): string[] {
	const time = formatTime(timeUnixNano);
	if (process === undefined) return [time, '', '', '', String(cpu)];
	const { comm, commRaw, tid, uid } = process;
	return [
		time,
		commRaw === undefined ? escapeText(comm) : escapeBytes(commRaw),
		String(tid),
		String(uid),
		String(cpu),
	];
}

/** Time of day in the local time zone, HH:MM:SS.mmm, of nanoseconds since the Unix epoch. */
function formatTime(unixNano: bigint): string {
	const date = new Date(Number(unixNano / 1_000_000n));
	const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits);
	return `${hours}:${minutes}:${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function twoDigits(value: number): string {
	return String(value).padStart(2, '0');
}
