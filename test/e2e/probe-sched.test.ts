// sched.off_cpu: threads that wait for input, sleep, and share a CPU, with the places in their code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
	type SchedOffCpu,
	SchedOffCpu_Reason,
	type StacksRecord,
	type StreamEventsResponse,
} from '../../clients/typescript/index.js';
import { eventsOf } from './collect.js';
import { openScriptInParts, openThreads } from './opens.js';
import { watch } from './watch.js';

const AWAY_MS = 400;

function stacksOf(messages: readonly StreamEventsResponse[]): Map<number, StacksRecord> {
	const stacks = new Map<number, StacksRecord>();
	for (const { kind } of messages.flatMap(({ records }) => records)) {
		if (kind.case !== 'stacks') continue;
		assert.equal(stacks.has(kind.value.stackId), false, 'a stack was said twice');
		stacks.set(kind.value.stackId, kind.value);
	}
	return stacks;
}

function both(kernelStack: boolean, userStack: boolean) {
	return { case: 'schedOffCpu' as const, value: { kernelStack, userStack } };
}

/** What is seen of a process that twice waits for its input. */
async function waitForInput(
	t: Parameters<typeof openScriptInParts>[0],
	options: ReturnType<typeof both>,
): Promise<{ messages: StreamEventsResponse[]; waits: SchedOffCpu[] }> {
	const opener = await openScriptInParts(t);
	const open = { call: 'open', path: Buffer.from('/sonde/missing') } as const;
	const filter = `process.tgid == ${opener.pid} && off_ns > duration("${AWAY_MS - 100}ms")`;
	const messages = await watch([{ probe: 'sched.off_cpu', filter, options }], async () => {
		// Its first wait began before the trace.
		for (let i = 0; i < 3; i++) {
			opener.call([open]);
			await sleep(AWAY_MS);
		}
	});
	await opener.end();
	const events = eventsOf(messages, 'schedOffCpu');
	for (const { event } of events) {
		assert.equal(event.process?.tgid, opener.pid);
		assert.equal(event.process?.tid, opener.pid);
		assert.equal(event.process?.ppid, process.pid);
		assert.equal(event.process?.comm, 'opens');
	}
	return { messages, waits: events.map(({ payload }) => payload) };
}

test('a thread that waits for input is away for as long, and its stacks say where', async (t) => {
	const { messages, waits } = await waitForInput(t, both(true, true));
	const stacks = stacksOf(messages);
	assert.equal(waits.length, 2);
	for (const { offNs, reason, kernelStackId, userStackId } of waits) {
		assert.ok(offNs < 60_000_000_000n);
		assert.equal(reason, SchedOffCpu_Reason.SLEEP);
		const [kernel, user] = [stacks.get(kernelStackId), stacks.get(userStackId)];
		assert.ok(kernel !== undefined && user !== undefined);
		assert.equal(kernel.isUser, false);
		assert.ok(kernel.symbols.includes('schedule'), kernel.symbols.join());
		assert.ok(
			kernel.symbols.some((name) => /sys_read$/.test(name)),
			kernel.symbols.join(),
		);
		assert.equal(kernel.symbols.length, kernel.addresses.length);
		assert.equal(user.isUser, true);
		// The innermost function, whatever it is called by.
		assert.match(user.symbols[0] ?? '', /read/);
		assert.match(user.modules[0] ?? '', /\/libc[.-]/);
		assert.notEqual(user.fileOffsets[0], 0n);
		assert.ok((user.symbolOffsets[0] ?? 0n) < 4_096n);
	}
	assert.equal(waits[0]?.kernelStackId, waits[1]?.kernelStackId);
	assert.equal(waits[0]?.userStackId, waits[1]?.userStackId);
});

test('without being asked for, or for one of both only, there are no stacks', async (t) => {
	const none = await waitForInput(t, both(false, false));
	assert.equal(none.waits.length, 2);
	assert.equal(stacksOf(none.messages).size, 0);
	for (const { kernelStackId, userStackId } of none.waits) assert.equal(kernelStackId + userStackId, 0);
	const kernel = await waitForInput(t, both(true, false));
	assert.equal(kernel.waits.length, 2);
	for (const { kernelStackId, userStackId } of kernel.waits) {
		assert.notEqual(kernelStackId, 0);
		assert.equal(userStackId, 0);
	}
});

test('threads that share a CPU are preempted, each as itself', async (t) => {
	const opener = await openThreads(t, { threads: 4, cpu: 0, count: 20_000 });
	const filter = `process.tgid == ${opener.pid} && reason == REASON_PREEMPTED`;
	const messages = await watch([{ probe: 'sched.off_cpu', filter }], async () => {
		await opener.run();
	});
	const events = eventsOf(messages, 'schedOffCpu');
	const threads = new Set(events.map(({ event }) => event.process?.tid));
	assert.ok(threads.size >= 4, `${threads.size} threads`);
	for (const { event, payload } of events) {
		assert.equal(payload.reason, SchedOffCpu_Reason.PREEMPTED);
		assert.equal(event.process?.comm, 'opens');
		assert.ok(payload.offNs > 0n && payload.offNs < 60_000_000_000n);
	}
});
