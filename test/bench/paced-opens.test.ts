import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPacedFinder, pacedMs } from './paced-opens.js';

test('pacedMs knows paths of the trickle only', () => {
	assert.equal(pacedMs('/etc/passwd'), undefined);
	assert.equal(pacedMs('/nonexistent/sonde-bench-0123456789'), undefined);
	assert.equal(pacedMs('/nonexistent/sonde-paced-1700000000000500000'), 1_700_000_000_000.5);
});

test('createPacedFinder finds each open once, wherever the text is cut', () => {
	const line = (ns: string) => `12:00:00 0 17 paced -1 2 /nonexistent/sonde-paced-${ns}\n`;
	const text = `header\n${line('1700000000000500000')}other /etc/passwd\n${line('1700000000001500000')}end`;
	for (let cut = 0; cut <= text.length; cut++) {
		const find = createPacedFinder();
		const found = [...find(text.slice(0, cut)), ...find(text.slice(cut))];
		assert.deepEqual(found, [1_700_000_000_000.5, 1_700_000_000_001.5], `cut at ${cut}`);
	}
});
