import type {
	Accounting,
	EndedRecord,
	Event,
	FileOpen,
	SondeClient,
	StreamEventsResponse,
} from '../../clients/typescript/index.js';

/** An open that was captured. */
export interface CapturedOpen {
	readonly event: Event;
	readonly open: FileOpen;
	/** The exact bytes. */
	readonly path: Buffer;
}

/** All opens of a process in these messages. */
export function opensOf(messages: readonly StreamEventsResponse[], pid: number): CapturedOpen[] {
	const captured: CapturedOpen[] = [];
	for (const event of messages.flatMap(({ events }) => events)) {
		if (event.process?.tgid !== pid || event.payload.case !== 'fileOpen') continue;
		const open = event.payload.value;
		captured.push({ event, open, path: Buffer.from(open.pathRaw ?? open.path) });
	}
	return captured;
}

type Payload = Event['payload'];
type Payloads = { [P in Payload as P['case'] & string]: P['value'] };
/** Which probe a payload is of. */
export type PayloadCase = keyof Payloads;
/** The payload of one probe. */
export type PayloadOf<C extends PayloadCase> = NonNullable<Payloads[C]>;

/** An event of one probe. */
export interface Captured<C extends PayloadCase> {
	readonly event: Event;
	readonly payload: PayloadOf<C>;
}

/** All events of one probe in these messages, in their order. */
export function eventsOf<C extends PayloadCase>(
	messages: readonly StreamEventsResponse[],
	which: C,
): Captured<C>[] {
	const captured: Captured<C>[] = [];
	for (const event of messages.flatMap(({ events }) => events)) {
		if (isPayloadOf(event.payload, which)) captured.push({ event, payload: event.payload.value });
	}
	return captured;
}

function isPayloadOf<C extends PayloadCase>(
	payload: Payload,
	which: C,
): payload is Payload & { case: C; value: PayloadOf<C> } {
	return payload.case === which;
}

/** Paths of the opens of missing files that openThreads makes, in order. */
export function pathsOf(messages: readonly StreamEventsResponse[], pid: number): string[] {
	return opensOf(messages, pid)
		.map(({ open }) => open.path)
		.filter((path) => path.startsWith('/sonde/'))
		.sort();
}

/** Stops a trace and reads all that is retained of it, up to the end of the stream. */
export async function stopAndRead(client: SondeClient, traceId: string): Promise<StreamEventsResponse[]> {
	await client.stopTrace({ traceId });
	return readAll(client, traceId);
}

/** Reads a trace from the oldest event until its stream ends. */
export async function readAll(client: SondeClient, traceId: string): Promise<StreamEventsResponse[]> {
	const messages: StreamEventsResponse[] = [];
	for await (const message of client.streamEvents({ traceId })) messages.push(message);
	return messages;
}

/** How a stream ended. */
export function endedOf(messages: readonly StreamEventsResponse[]): EndedRecord {
	const kind = messages.at(-1)?.records.at(-1)?.kind;
	if (kind?.case !== 'ended') throw new Error('the stream ended without saying so');
	return kind.value;
}

/** What is wrong with an accounting; empty when all sums hold. */
export function violations({ total, probes, subscription }: Accounting, isEnded: boolean): string[] {
	const wrong: string[] = [];
	for (const [name, s] of [...probes.entries(), ['total', total] as const]) {
		if (s === undefined) {
			wrong.push(`${name} is missing`);
			continue;
		}
		const out = s.paused + s.sampledOut + s.startLost + s.filterError + s.rejected + s.matched + s.inFlight;
		if (s.fired !== out) wrong.push(`${name}: fired ${s.fired}, outcomes ${out}`);
		const matched = s.rateLimited + s.ringFull + s.aggregated + s.delivered;
		if (s.matched !== matched) wrong.push(`${name}: matched ${s.matched}, outcomes ${matched}`);
		if (s.delivered !== s.encoded + s.overLimit + s.inRing)
			wrong.push(`${name}: delivered ${s.delivered}, not all found`);
		if (isEnded && (s.inFlight !== 0n || s.inRing !== 0n)) wrong.push(`${name}: ended with events under way`);
		if (s.inFlight < 0n || s.inRing < 0n) wrong.push(`${name}: a count is negative`);
	}
	if (subscription !== undefined) {
		const { beforeStart, sent, evicted, pending } = subscription;
		if (total?.encoded !== beforeStart + sent + evicted + pending) wrong.push('subscription does not add up');
		if (isEnded && pending !== 0n) wrong.push('ended with events pending');
	}
	return wrong;
}
