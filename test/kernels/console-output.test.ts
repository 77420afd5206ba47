import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConsole } from './console-output.js';

test('parseConsole: a machine that said nothing has passed nothing', () => {
	const { release, passed, failed, exitStatus } = parseConsole('Booting from ROM...\r\n');
	assert.deepEqual(
		{ release, passed, failed, exitStatus },
		{
			release: undefined,
			passed: 0,
			failed: 0,
			exitStatus: undefined,
		},
	);
});

test('parseConsole reads totals, names and counts between other lines', () => {
	const text = [
		'[    0.100000] noise',
		'kernel 6.1.0-50-amd64',
		'probe file.open tracepoint',
		'program file.open file_open_body 1234',
		'program file.open exit_open 40',
		'probe module.load this kernel has no such tracepoint',
		'TAP version 13',
		'    not ok 1 - a part',
		'not ok 1 - a whole',
		'  ---',
		"  error: 'too few'",
		'  ...',
		'ok 2 - another',
		'ok 3 - a third # SKIP no such kernel',
		'# tests 3',
		'# pass 1',
		'# fail 1',
		'# cancelled 1',
		'# skipped 1',
		'sonde-exit=1',
	].join('\r\n');
	assert.deepEqual(parseConsole(text), {
		release: '6.1.0-50-amd64',
		passed: 1,
		failed: 2,
		skipped: ['a third # SKIP no such kernel'],
		failures: [{ name: 'a whole', details: ["  error: 'too few'"] }],
		probes: {
			'file.open': { attachment: 'tracepoint', verified: { file_open_body: 1234, exit_open: 40 } },
			'module.load': { attachment: 'this kernel has no such tracepoint', verified: {} },
		},
		exitStatus: 1,
	});
});
