// Probes on functions in user space: real calls of libraries, and every field of what is seen of them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type DnsLookup, DnsLookup_Symbol, MemoryAllocation_Symbol } from '../../clients/typescript/index.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { stopByCaller } from '../../service/traces/trace.js';
import { startAttached } from './attached-trace.js';
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

const LARGE = 2n * 1_048_576n;

test('memory.allocation: each function, blocks of at least the size asked for, and none that are smaller', async (t) => {
	const skip = await unavailable('memory.allocation');
	if (skip !== false) return t.skip(skip);
	const caller = await userCalls(t, 'allocations');
	let printed = '';
	const options = { case: 'memoryAllocation', value: { minBytes: LARGE } } as const;
	const messages = await watch([{ probe: 'memory.allocation', options }], async () => {
		printed = await caller.run();
	});
	const [plain, cleared, none, fresh, moved, page, aligned] = printed.trim().split(/\s+/).map(BigInt);
	assert.equal(none, 0n);
	const lines = eventsOf(messages, 'memoryAllocation')
		.filter(({ event }) => event.process?.tgid === caller.pid)
		.map(({ payload }) => [
			// Which of the two shows is the machine's: some libcs jump from one to the other.
			payload.address === fresh ? 'MALLOC or REALLOC' : MemoryAllocation_Symbol[payload.symbol],
			payload.requestedBytes,
			payload.alignment,
			payload.address,
			payload.previousAddress,
		]);
	assert.deepEqual(lines, [
		['MALLOC', LARGE, 0n, plain, 0n],
		['CALLOC', LARGE, 0n, cleared, 0n],
		['CALLOC', 2n ** 64n - 1n, 0n, 0n, 0n],
		['MALLOC or REALLOC', LARGE + 1n, 0n, fresh, 0n],
		['REALLOC', 2n * LARGE, 0n, moved, fresh],
		['POSIX_MEMALIGN', LARGE, 4_096n, page, 0n],
		['POSIX_MEMALIGN', LARGE, 3n, 0n, 0n],
		['ALIGNED_ALLOC', LARGE, 8_192n, aligned, 0n],
	]);
});

test('memory.allocation: 8 threads on one CPU, and all large blocks are seen, or counted as lost', async (t) => {
	const skip = await unavailable('memory.allocation');
	if (skip !== false) return t.skip(skip);
	const threads = 8;
	const count = 1_000;
	const base = 1n << 30n;
	const caller = await userCalls(t, 'blocks', String(threads), '0', String(count));
	const options = { case: 'memoryAllocation', value: { minBytes: base } } as const;
	const messages = await watch([{ probe: 'memory.allocation', options }], async () => {
		await caller.run();
	});
	const seen = eventsOf(messages, 'memoryAllocation')
		.filter(({ event }) => event.process?.tgid === caller.pid)
		.map(({ payload }) => payload.requestedBytes);
	assert.equal(new Set(seen).size, seen.length, 'none is doubled');
	for (const bytes of seen) {
		const [thread, number] = [(bytes - base) >> 20n, (bytes - base) & 0xf_ffffn];
		assert.ok(thread < threads && number < count, `${bytes}`);
	}
	const { total } = endedOf(messages).accounting ?? {};
	const lost = BigInt(threads * count - seen.length);
	assert.ok((total?.startLost ?? 0n) >= lost, `${lost} were lost, ${total?.startLost} counted`);
});

test('memory.allocation: without options, blocks from 1 MiB on', async (t) => {
	const skip = await unavailable('memory.allocation');
	if (skip !== false) return t.skip(skip);
	const caller = await userCalls(t, 'allocations');
	const messages = await watch([{ probe: 'memory.allocation' }], async () => {
		await caller.run();
	});
	const sizes = eventsOf(messages, 'memoryAllocation')
		.filter(({ event }) => event.process?.tgid === caller.pid)
		.map(({ payload }) => payload.requestedBytes);
	assert.equal(sizes.length, 9);
	assert.equal(sizes[1], LARGE - 1n);
});

/** What ends a line that is typed, interrupts it, or ends the input. */
const ENTER = '\r';
const INTERRUPT = '\x03';
const END = '\x04';
const MOST_LINE_BYTES = 4_096;

test('shell.readline: lines as they were typed, also after an interrupt, and the end', async (t) => {
	const skip = await unavailable('shell.readline');
	if (skip !== false) return t.skip(skip);
	const long = `: ${'x'.repeat(MOST_LINE_BYTES)}`;
	const typed = [`: one${ENTER}`, `: typo\b\b\b\bline${ENTER}`, INTERRUPT, ENTER, `: ünïcode ✓${ENTER}`];
	const hex = [...typed, `${long}${ENTER}`, END].map((text) => `${Buffer.from(text).toString('hex')}\n`);
	const terminal = await waiting(
		startChild(t, join(PACKAGE_ROOT, 'dist/test/e2e/terminal'), []),
		hex.join(''),
	);
	let bash = 0;
	const messages = await watch([{ probe: 'shell.readline' }], async () => {
		bash = Number(await terminal.run());
	});
	const seen = eventsOf(messages, 'shellReadline').filter(({ event }) => event.process?.tgid === bash);
	for (const { event, payload } of seen) {
		assert.equal(event.process?.comm, 'bash');
		assert.ok(payload.latencyNs > 0n);
		assert.equal(payload.lineUnreadable, false);
	}
	assert.deepEqual(
		seen.map(({ payload }) => [payload.line, payload.endOfInput, payload.lineTruncated]),
		[
			[': one', false, false],
			[': line', false, false],
			['', false, false],
			[': ünïcode ✓', false, false],
			[long.slice(0, MOST_LINE_BYTES), false, true],
			['', true, false],
		],
	);
});

/**
 * What begins a program that has a stack of its own for each CPU: "movabs $STACK, %r9" and "add %gs:OFFSET, %r9", with an
 * absolute offset or one from the instruction (arch/x86/net/bpf_jit_comp.c).
 */
const CPU_STACK = /49b9[0-9a-f]{16}654c03(?:0c25|0d)/;

test('no program on a function in user space has a stack of the CPU, which preempted tasks would share', async (t) => {
	const stacksOf = async (probe: string) => {
		const trace = await startAttached(t, probe);
		const ids = trace.programs.flat().map(({ id }) => String(id));
		const { stdout } = await startChild(t, join(PACKAGE_ROOT, 'dist/test/e2e/machine-code'), ids).ended;
		await stopByCaller(trace);
		const codes = stdout.trimEnd().split('\n');
		assert.equal(codes.length, ids.length);
		return codes.filter((code) => CPU_STACK.test(code)).length;
	};
	// Of one that may have it: else the test would see none anywhere.
	if ((await stacksOf('file.open')) === 0) return t.skip('this kernel gives no program a stack of the CPU');
	const skipped: string[] = [];
	for (const probe of ['dns.lookup', 'memory.allocation', 'shell.readline', 'tls.data']) {
		const skip = await unavailable(probe);
		if (skip !== false) skipped.push(`${probe}: ${skip}`);
		else assert.equal(await stacksOf(probe), 0, probe);
	}
	if (skipped.length > 0) t.diagnostic(skipped.join('; '));
});
