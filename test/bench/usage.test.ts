import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseUsage, readUsage } from './usage.js';

const STAT = '4711 (a) b (c) S 1 4711 4711 0 -1 4194560 100 0 0 0 123 45 6 7 20 0 11 0 900 1000 200 1844';
const IO = 'rchar: 4096\nwchar: 17\nread_bytes: 3\n';
const STATUS = 'Name:\tnode\nVmHWM:\t  2048 kB\nVmRSS:\t  1024 kB\n';

test('parseUsage says what is missing', () => {
	assert.throws(() => parseUsage('4711 (node) S', IO, STATUS), {
		message: 'no CPU times in the stat line "4711 (node) S"',
	});
	assert.throws(() => parseUsage(STAT, '', STATUS), { message: 'no rchar in the io file of a process' });
	assert.throws(() => parseUsage(STAT, IO, 'VmHWM: 1 kB'), {
		message: 'no VmRSS in the status file of a process',
	});
});

test('parseUsage reads past a name with spaces and parentheses', () => {
	assert.deepEqual(parseUsage(STAT, IO, STATUS), {
		cpuNs: 1_680_000_000,
		readBytes: 4096,
		residentBytes: 1_048_576,
		peakResidentBytes: 2_097_152,
	});
});

test('readUsage reads this process', async () => {
	const usage = await readUsage(process.pid);
	assert.ok(usage.cpuNs > 0);
	assert.ok(usage.readBytes > 0);
	assert.ok(usage.peakResidentBytes >= usage.residentBytes && usage.residentBytes > 0);
});
