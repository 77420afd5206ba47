// Probes on functions in user space: real calls of libraries, and every field of what is seen of them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type DnsLookup, DnsLookup_Symbol } from '../../clients/typescript/index.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from './child.js';
import { endedOf, eventsOf } from './collect.js';
import { type Opener, waiting } from './opens.js';
import { unavailable, watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/user-calls');

/** netdb.h */
const EAI_NONAME = -2;
const EAI_SERVICE = -8;
const HOST_NOT_FOUND = 1;
const NETDB_INTERNAL = -1;
const AI_NUMERICHOST = 4;
const AF_INET = 2;
const AF_INET6 = 10;

const MOST_HOST_BYTES = 1_024;
/** As user-calls makes them. */
const THREAD_NAME_BYTES = 799;

function userCalls(t: TestContext, ...args: readonly string[]): Promise<Opener> {
	return waiting(startChild(t, PROGRAM, args), '');
}

/** Address of an answer in digits; of IPv6, of the test's own ones. */
function addressOf(address: Uint8Array): string {
	if (address.length === 4) return address.join('.');
	return Buffer.from(address).toString('hex').replace(/^0+$/, '::');
}

test('dns.lookup: each function, with question, answer, and what was cut', async (t) => {
	const skip = await unavailable('dns.lookup');
	if (skip !== false) return t.skip(skip);
	const caller = await userCalls(t, 'lookups');
	let printed = '';
	const messages = await watch([{ probe: 'dns.lookup' }], async () => {
		printed = await caller.run();
	});
	const seen = eventsOf(messages, 'dnsLookup').filter(({ event }) => event.process?.tgid === caller.pid);
	for (const { event, payload } of seen) {
		assert.equal(event.process?.comm, 'user-calls');
		assert.ok(payload.latencyNs > 0n);
		assert.deepEqual([payload.hostUnreadable, payload.serviceUnreadable], [false, false]);
		assert.equal(payload.serviceTruncated, false);
		assert.equal(payload.hostTruncated, payload.host.startsWith('xx'));
	}
	// Which address a file or a resolver gives localhost is the machine's.
	const lines = seen.map(({ payload }) => [
		DnsLookup_Symbol[payload.symbol],
		payload.host,
		payload.service,
		payload.family,
		payload.flags,
		payload.found,
		payload.error,
		payload.host === 'localhost' ? 'any' : addressOf(payload.address),
	]);
	const of = (symbol: keyof typeof DnsLookup_Symbol, ...rest: readonly unknown[]) => [symbol, ...rest];
	const results = printed.trim().split('\n');
	assert.equal(results.length, 13);
	const [local, , , , , , , , localByName, localByName2] = results.map(Number);
	assert.deepEqual(lines, [
		of('GETADDRINFO', 'localhost', '', 0, 0, local === 0, local, 'any'),
		of('GETADDRINFO', '192.0.2.7', '443', 0, 0, true, 0, '192.0.2.7'),
		of(
			'GETADDRINFO',
			'2001:db8::7',
			'http',
			AF_INET6,
			AI_NUMERICHOST,
			true,
			0,
			'20010db8000000000000000000000007',
		),
		of('GETADDRINFO', 'not a number', '', AF_INET6, AI_NUMERICHOST, false, EAI_NONAME, '::'),
		of('GETADDRINFO', '', '80', 0, 0, true, 0, addressOf(seen[4]?.payload.address ?? new Uint8Array())),
		of('GETADDRINFO', 'x'.repeat(MOST_HOST_BYTES), '', AF_INET6, AI_NUMERICHOST, false, EAI_NONAME, '::'),
		of('GETADDRINFO', 'bad\ufffd', 'b\ufffd', AF_INET6, AI_NUMERICHOST, false, EAI_SERVICE, '::'),
		of('GETHOSTBYNAME', '192.0.2.8', '', AF_INET, 0, true, 0, '192.0.2.8'),
		of('GETHOSTBYNAME', 'localhost', '', AF_INET, 0, localByName === 1, 0, 'any'),
		of('GETHOSTBYNAME2', 'localhost', '', AF_INET6, 0, localByName2 === 1, 0, 'any'),
		of('GETHOSTBYNAME_R', '192.0.2.9', '', AF_INET, 0, true, 0, '192.0.2.9'),
		of('GETHOSTBYNAME2_R', 'bad name', '', AF_INET6, 0, false, HOST_NOT_FOUND, '::'),
		of('GETHOSTBYNAME_R', '192.0.2.9', '', AF_INET, 0, false, NETDB_INTERNAL, '::'),
	]);
	const raw = seen[6]?.payload;
	assert.deepEqual(
		[raw?.hostRaw, raw?.serviceRaw].map((bytes) => Buffer.from(bytes ?? []).toString('latin1')),
		['bad\xff', 'b\xfe'],
	);
	assert.equal(seen[8]?.payload.hostRaw, undefined);
});

/** What came of the lookups of threads: none is mixed up with another, and those that are not there are counted. */
function checkThreads(lookups: readonly DnsLookup[], threads: number, count: number): number {
	const seen = new Set<string>();
	for (const { host, service, error, symbol } of lookups) {
		const [, thread = '', number = ''] = /^thread-(\d+)-name-(\d+)-/.exec(host) ?? [];
		const filler = String.fromCharCode(97 + (Number(thread) % 26));
		assert.equal(host, `thread-${thread}-name-${number}-`.padEnd(THREAD_NAME_BYTES, filler));
		assert.ok(Number(thread) < threads && Number(number) < count);
		assert.equal(service, String(Number(thread) * 1000 + (Number(number) % 1000)));
		assert.deepEqual([error, symbol], [EAI_NONAME, DnsLookup_Symbol.GETADDRINFO]);
		assert.ok(!seen.has(`${thread}/${number}`), 'none is doubled');
		seen.add(`${thread}/${number}`);
	}
	return threads * count - seen.size;
}

test('dns.lookup: 8 threads on one CPU, and none is mixed up with another, or lost without being counted', async (t) => {
	const skip = await unavailable('dns.lookup');
	if (skip !== false) return t.skip(skip);
	const threads = 8;
	const count = 5_000;
	const caller = await userCalls(t, 'names', String(threads), '0', String(count));
	// Others' lookups would be counted, too.
	const filter = 'host.startsWith("thread-")';
	const messages = await watch([{ probe: 'dns.lookup', filter }], async () => {
		await caller.run();
	});
	const seen = eventsOf(messages, 'dnsLookup').filter(({ event }) => event.process?.tgid === caller.pid);
	const lost = checkThreads(
		seen.map(({ payload }) => payload),
		threads,
		count,
	);
	const { total } = endedOf(messages).accounting ?? {};
	const counted = (total?.startLost ?? 0n) + (total?.ringFull ?? 0n) + (total?.rateLimited ?? 0n);
	assert.ok(counted >= BigInt(lost), `${lost} were lost, ${counted} counted`);
	t.diagnostic(`${lost} of ${threads * count} lost, ${total?.startLost} as start_lost`);
});
