import assert from 'node:assert/strict';
import { test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { StreamEventsResponseSchema, TraceSchema } from '../typescript/index.js';
import { createEventCsv, csvLine } from './event-csv.js';

test('csvLine quotes by RFC 4180', () => {
	assert.equal(csvLine(['a', 'b c', '']), 'a,b c,\r\n');
	assert.equal(csvLine(['a,b', 'say "x"', 'l\nm', 'n\ro']), '"a,b","say ""x""","l\nm","n\ro"\r\n');
});

test('createEventCsv has a column for each field of context and payload', async () => {
	let text = '';
	const csv = createEventCsv({
		async write(more) {
			text += String(more);
		},
		closed: new AbortController().signal,
		columns: undefined,
	});
	const probes = [{ spec: { probe: 'file.open' } }, { spec: { probe: 'of.a.newer.node' } }];
	await csv.begin(create(TraceSchema, { probes }));
	const open = { path: 'a,"b"', pathRaw: Buffer.from([0xff]), ret: -2 };
	const events = [
		{
			timeUnixNano: 2n ** 63n,
			process: { tgid: 7, comm: 'cat' },
			payload: { case: 'fileOpen' as const, value: open },
		},
		{ timeUnixNano: 1n, probeIndex: 1 },
	];
	await csv.show(create(StreamEventsResponseSchema, { events }), 0);
	await csv.end();
	const [header = '', first = '', second = '', end] = text.split('\r\n');
	assert.equal(end, '');
	const titles = header.split(',');
	assert.ok(header.startsWith('probe,time_unix_nano,probe_index,node_index,cpu,process.tgid,process.tid,'));
	assert.equal(new Set(titles).size, titles.length);
	assert.ok(first.startsWith(`file.open,${2n ** 63n},0,0,0,7,0,0,0,0,cat,,0,0,`));
	assert.ok(first.includes(',"a,""b""",/w==,'));
	assert.equal(second, `of.a.newer.node,1,1,0,0${','.repeat(titles.length - 5)}`);
});
