import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { StreamMessage } from './message.js';
import { createWakeup, pump } from './pump.js';

class Sink extends EventEmitter {
	readonly written: string[] = [];
	cancelled = false;
	isFull = false;

	write({ envelope }: StreamMessage): boolean {
		this.written.push(Buffer.from(envelope).toString());
		return !this.isFull;
	}

	cancel(): void {
		this.cancelled = true;
		this.emit('cancelled');
	}
}

/** Gives these messages, then is done. */
function messages(...texts: string[]) {
	return {
		next: () => {
			const text = texts.shift();
			return text === undefined ? undefined : { envelope: Buffer.from(text), events: undefined };
		},
		dueInMs: () => Number.POSITIVE_INFINITY,
		get isDone() {
			return texts.length === 0;
		},
	};
}

test('pump sends all messages in order and ends', async () => {
	const sink = new Sink();
	await pump(messages('a', 'b', 'c'), sink, createWakeup());
	assert.deepEqual(sink.written, ['a', 'b', 'c']);
});

test('pump waits for a reader that is full', async () => {
	const sink = new Sink();
	sink.isFull = true;
	const done = pump(messages('a', 'b'), sink, createWakeup());
	await new Promise(setImmediate);
	assert.deepEqual(sink.written, ['a']);
	sink.isFull = false;
	sink.emit('drain');
	await done;
	assert.deepEqual(sink.written, ['a', 'b']);
	assert.equal(sink.listenerCount('drain') + sink.listenerCount('cancelled'), 0);
});

test('pump ends when the reader is gone, although no drain comes', async () => {
	const sink = new Sink();
	sink.isFull = true;
	const done = pump(messages('a', 'b'), sink, createWakeup());
	await new Promise(setImmediate);
	sink.cancel();
	await done;
	assert.deepEqual(sink.written, ['a']);
});

test('a wake between two waits is not lost, and a wait without one ends with its time', async () => {
	const wakeup = createWakeup();
	wakeup.wake();
	assert.equal(await wakeup.wait(10_000), false);
	assert.equal(await wakeup.wait(1), true);
});
