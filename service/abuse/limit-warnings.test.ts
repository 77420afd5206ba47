import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { limitWarnings } from './limit-warnings.js';

test('a hundred warnings are written, errors all of them', () => {
	const lines: string[] = [];
	const log = limitWarnings(pino({ level: 'info' }, { write: (line: string) => lines.push(line) }));
	for (let i = 0; i < 1_000; i++) log.warn({ i }, 'refused');
	for (let i = 0; i < 200; i++) log.error({ i }, 'failed');
	assert.equal(lines.filter((line) => line.includes('refused')).length, 100);
	assert.equal(lines.filter((line) => line.includes('failed')).length, 200);
});
