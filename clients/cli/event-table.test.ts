import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { EventSchema, StreamEventsResponseSchema, TraceSchema } from '../typescript/index.js';
import { displayWidth } from './display-width.js';
import { createEventJson, eventJson } from './event-json.js';
import { createEventTable } from './event-table.js';

function event(path: string, pathRaw?: Uint8Array) {
	return create(EventSchema, {
		timeUnixNano: 1_700_000_000_123_456_789n,
		process: { tgid: 4_194_303, tid: 4_194_304, uid: 65_534, comm: 'a-long-name-15c' },
		payload: {
			case: 'fileOpen',
			value: { syscall: 2, path, ret: -2, ...(pathRaw === undefined ? {} : { pathRaw }) },
		},
	});
}

async function tableOf(
	columns: number | undefined,
	...events: ReturnType<typeof event>[]
): Promise<string[]> {
	let text = '';
	const write = async (part: string) => {
		text += part;
	};
	const table = createEventTable({ columns, write, closed: new AbortController().signal });
	await table.begin(create(TraceSchema, { probes: [{ spec: { probe: 'file.open' } }] }));
	await table.show(create(StreamEventsResponseSchema, { events }), 0);
	return text.trimEnd().split('\n');
}

for (const columns of [80, 200]) {
	test(`no line is wider than ${columns} columns, whatever the path`, async () => {
		const lines = await tableOf(columns, event('/etc/hostname'), event(`/${'深い'.repeat(500)}`));
		assert.equal(lines.length, 3);
		for (const line of lines) assert.ok(displayWidth(line) <= columns, line);
		assert.match(lines[1] ?? '', /a-long-na.* ENOENT .*\/etc\/hostname$/);
	});
}

test('without a width, paths are whole', async () => {
	const path = `/${'x'.repeat(4_000)}`;
	const [, line] = await tableOf(undefined, event(path));
	assert.ok(line?.endsWith(path));
});

test('control characters and bytes that are not UTF-8 cannot break a line', async () => {
	const raw = Buffer.from('/a\xff\x1b[2J', 'latin1');
	const lines = await tableOf(200, event('/x\n\x1b[31m\u202e'), event('/a\ufffd\x1b[2J', raw));
	assert.equal(lines.length, 3);
	assert.ok(lines[1]?.endsWith('/x\\n\\x1b[31m\\u202e'), lines[1]);
	assert.ok(lines[2]?.endsWith('/a\\xff\\x1b[2J'), lines[2]);
});

test('JSON shows default values, and a result of 0 is a fact', async () => {
	const shown = JSON.parse(eventJson(create(EventSchema, { payload: { case: 'fileOpen', value: {} } })));
	assert.equal(shown.fileOpen.ret, 0);
	assert.equal(shown.fileOpen.path, '');
	assert.equal(shown.cpu, 0);
	assert.equal(eventJson(event('/x\n')).includes('\n'), false);
	let text = '';
	const write = async (part: string) => {
		text += part;
	};
	const json = createEventJson({ columns: undefined, write, closed: new AbortController().signal });
	await json.show(create(StreamEventsResponseSchema, { events: [event('/a'), event('/b')] }), 0);
	assert.equal(text.split('\n').length, 3);
});
