import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EndReason } from '../../clients/typescript/index.js';
import { readAll, violations } from './collect.js';
import { loadedPrograms, startNode, untilUnloaded } from './node.js';
import { FILE_OPEN } from './requests.js';

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
	test(`${signal} ends streams with the final accounting and leaves nothing attached`, async (t) => {
		const { client, process: serve } = await startNode(t);
		const { trace } = await client.startTrace(FILE_OPEN);
		const programs = trace?.probes.flatMap(({ attachment }) => attachment?.programIds ?? []) ?? [];
		assert.equal((await loadedPrograms(programs)).length, programs.length);
		const reading = readAll(client, trace?.traceId ?? '');
		await sleep(100);
		serve.process.kill(signal);
		const last = (await reading).at(-1);
		const ended = last?.records.at(-1)?.kind;
		assert.ok(ended?.case === 'ended');
		assert.equal(ended.value.reason, EndReason.NODE_SHUTTING_DOWN);
		assert.ok(ended.value.accounting !== undefined);
		assert.deepEqual(violations(ended.value.accounting, true), []);
		const { code, stderr } = await serve.ended;
		assert.equal(code, 0, stderr);
		assert.match(stderr, /"msg":"node has ended"/);
		await untilUnloaded(programs);
	});
}

test('kill -9 of the node leaves no program loaded', async (t) => {
	const { client, process: serve } = await startNode(t);
	const { trace } = await client.startTrace(FILE_OPEN);
	const programs = trace?.probes.flatMap(({ attachment }) => attachment?.programIds ?? []) ?? [];
	assert.ok(programs.length > 0);
	assert.deepEqual(await loadedPrograms(programs), programs);
	serve.process.kill('SIGKILL');
	await serve.ended;
	await untilUnloaded(programs);
});
