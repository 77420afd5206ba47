import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare, type Subject } from './comparison.js';

function subject(name: string, addedNs: number, cameOut: number, p99?: number): Subject {
	const spread = { count: 1, p50: 1, p99: p99 ?? 0, max: 1 };
	return {
		row: {
			...{
				name,
				cpuNs: 500,
				addedNs,
				estimatedNs: undefined,
				serverCpuSeconds: 1,
				coldCpuSeconds: undefined,
				clientCpuSeconds: undefined,
				cameOut,
				lost: 0,
			},
			...{ bytesPerEvent: 100, residentBytes: 1e6, clientResidentBytes: undefined },
		},
		response:
			p99 === undefined ? undefined : { name, startMs: spread, latencyMs: spread, oldestMs: undefined },
	};
}

test('compare finds the best peer for each figure', () => {
	const [slow, lossy] = [subject('slow', 900, 1), subject('lossy', 300, 0.5, 40)];
	const compared = compare(subject('Sonde', 100, 1, 20), subject('the limit', 80, 1), [slow, lossy]);
	const of = (figure: string) => compared.find((one) => one.figure === figure);
	assert.deepEqual(of('added ns per open')?.bestPeer, { name: 'lossy', value: 300 });
	assert.deepEqual(of('came out, %')?.bestPeer, { name: 'slow', value: 100 });
	assert.equal(of('added ns per open')?.limit, 80);
	assert.deepEqual(of('event to client p99, ms')?.bestPeer, { name: 'lossy', value: 40 });
	assert.equal(of('event to client p99, ms')?.limit, undefined);
});

test('compare leaves out what was not measured', () => {
	const compared = compare(subject('Sonde', 100, 1), undefined, []);
	assert.ok(!compared.some(({ figure }) => figure.startsWith('event to client')));
	assert.ok(compared.every(({ limit, bestPeer }) => limit === undefined && bestPeer === undefined));
});
