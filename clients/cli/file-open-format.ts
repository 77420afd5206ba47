import { type Event, type FileOpen, FileOpen_Syscall } from '../typescript/index.js';
import { errnoName } from './errno.js';
import { escapeBytes, escapeText } from './escape.js';
import { openFlags } from './open-flags.js';
import type { ProbeFormat } from './payload-format.js';

/** Table cells of the probe file.open. */
export const fileOpenFormat: ProbeFormat = {
	columns: [
		{ title: 'SYSCALL', width: 7, dropOrder: 1 },
		{ title: 'RESULT', width: 7, minWidth: 6, exact: true },
		{ title: 'FLAGS', width: 36, minWidth: 20, dropOrder: 2 },
		{ title: 'PATH', width: 30 },
	],
	cells({ payload }: Event) {
		if (payload.case !== 'fileOpen') return undefined;
		const { value } = payload;
		return [syscallName(value.syscall), result(value.ret), flags(value), path(value)];
	},
};

function syscallName(syscall: FileOpen_Syscall): string {
	const name: string | undefined = FileOpen_Syscall[syscall];
	return name?.toLowerCase() ?? String(syscall);
}

function result(ret: number): string {
	return ret < 0 ? errnoName(-ret) : String(ret);
}

function flags(open: FileOpen): string {
	return open.howUnreadable ? '(unreadable)' : openFlags(open.flags);
}

function path(open: FileOpen): string {
	if (open.pathUnreadable) return '(unreadable)';
	const text = open.pathRaw === undefined ? escapeText(open.path) : escapeBytes(open.pathRaw);
	return open.pathTruncated ? `${text}…` : text;
}
