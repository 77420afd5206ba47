import { EventEmitter } from 'node:events';
import type { MessageSink } from './pump.js';

/** A call that its pump leaves when it is told to, as if the reader had gone. */
export interface StoppableSink extends MessageSink {
	stop(): void;
}

/** The part of a grpc-js call that is needed. */
interface Call extends MessageSink {
	on(event: 'drain' | 'cancelled', listener: () => void): unknown;
}

/** Makes one of a call. */
export function createStoppableSink(call: Call): StoppableSink {
	const events = new EventEmitter();
	let isStopped = false;
	for (const event of ['drain', 'cancelled'] as const) call.on(event, () => events.emit(event));
	return {
		write: (message) => call.write(message),
		once: (event, listener) => events.once(event, listener),
		off: (event, listener) => events.off(event, listener),
		get cancelled() {
			return isStopped || call.cancelled;
		},
		stop() {
			isStopped = true;
			events.emit('cancelled');
		},
	};
}
