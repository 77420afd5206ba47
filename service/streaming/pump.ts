import type { StreamMessage } from './message.js';
import type { Subscription } from './subscription.js';

/** An idle stream says something this often, so that watermarks move and connections live. */
export const HEARTBEAT_MS = 10_000;

/** Where messages go: the part of a grpc-js call that is needed. */
export interface MessageSink extends Drain {
	/** False: full; wait for "drain". */
	write(message: StreamMessage): boolean;
}

/** Where a full call says that it has room again. */
export interface Drain {
	once(event: 'drain' | 'cancelled', listener: () => void): unknown;
	off(event: 'drain' | 'cancelled', listener: () => void): unknown;
	readonly cancelled: boolean;
}

/** Tells the pump that there is news. */
export interface Wakeup {
	wake(): void;
	/** Resolves with the next wake, or one since the last wait, or after the time; gives whether it was the time. */
	wait(timeoutMs: number): Promise<boolean>;
}

/** Sends all messages of a subscription as fast as the reader takes them; resolves at their end or when it is gone. */
export async function pump(subscription: Subscription, sink: MessageSink, wakeup: Wakeup): Promise<void> {
	// The first message comes at once, so that the reader knows where it is.
	let isDue = true;
	while (!sink.cancelled) {
		const message = subscription.next(isDue);
		if (message !== undefined) {
			isDue = false;
			if (!sink.write(message)) await drained(sink);
		} else if (subscription.isDone) {
			return;
		} else {
			const dueInMs = subscription.dueInMs();
			const isTimeout = await wakeup.wait(Math.min(HEARTBEAT_MS, dueInMs));
			// What the subscription waits for need not have come.
			isDue = isTimeout && dueInMs >= HEARTBEAT_MS;
		}
	}
}

/** Makes a wakeup. */
export function createWakeup(): Wakeup {
	let isAwake = false;
	let resume: (() => void) | undefined;
	return {
		wake() {
			isAwake = true;
			resume?.();
		},
		async wait(timeoutMs) {
			if (!isAwake) {
				await new Promise<void>((resolve) => {
					const timer = setTimeout(resolve, timeoutMs);
					resume = () => {
						clearTimeout(timer);
						resolve();
					};
				});
			}
			resume = undefined;
			const isTimeout = !isAwake;
			isAwake = false;
			return isTimeout;
		},
	};
}

/** Resolves when there is room, or the reader has gone: grpc-js emits no "drain" after a cancel. */
export function drained(sink: Drain): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			sink.off('drain', done);
			sink.off('cancelled', done);
			resolve();
		};
		sink.once('drain', done);
		sink.once('cancelled', done);
	});
}
