// udp.send and udp.receive: datagrams on loopback by every call, and every field of what is seen.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { formatIpAddress, type UdpReceive, type UdpSend } from '../../clients/typescript/index.js';
import { localFeatures } from '../../service/catalog/features.js';
import { PACKAGE_ROOT } from '../../service/paths.js';
import { startChild } from './child.js';
import { endedOf, eventsOf } from './collect.js';
import { waiting } from './opens.js';
import { unavailable, watch } from './watch.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist/test/e2e/datagrams');
const [EAGAIN, EFAULT, EMSGSIZE] = [11, 14, 90];
const [HOST, ANY] = ['127.0.0.1', '0.0.0.0'];
const IS_EXACT = localFeatures().some(
	({ name, available }) => available && ['exact_tracepoints', 'return_probes'].includes(name),
);

/** What both probes see of such a process, and what it printed. */
async function watchDatagrams(t: TestContext, args: readonly string[]) {
	const caller = await waiting(startChild(t, PROGRAM, args), '');
	const filter = `process.tgid == ${caller.pid}`;
	let printed: string[] = [];
	const messages = await watch(
		[
			{ probe: 'udp.send', filter },
			{ probe: 'udp.receive', filter },
		],
		async () => {
			printed = (await caller.run()).trim().split('\n');
		},
	);
	return {
		printed,
		sent: eventsOf(messages, 'udpSend').map(({ payload }) => payload),
		received: eventsOf(messages, 'udpReceive').map(({ payload }) => payload),
		counts: endedOf(messages).accounting?.probes ?? [],
	};
}

/** An event in a line: descriptor, addresses, datagrams, bytes, error. */
function line(payload: UdpSend | UdpReceive): string {
	const { fd, localAddress, localPort, remoteAddress, remotePort, datagrams, payloadBytes, error } = payload;
	const local = `${formatIpAddress(localAddress)} ${localPort}`;
	const remote = `${formatIpAddress(remoteAddress)} ${remotePort}`;
	return `${fd}: ${local} > ${remote}, ${datagrams} of ${payloadBytes}, ${error}`;
}

for (const [family, host, any] of [
	['4', HOST, ANY],
	['6', '::1', '::'],
	['mapped', HOST, '::'],
] as const) {
	test(`family ${family}: all calls, sockets connected and not, and what fails`, async (t) => {
		for (const probe of ['udp.send', 'udp.receive']) {
			const reason = await unavailable(probe);
			if (reason !== false) return t.skip(reason);
		}
		const { printed, sent, received } = await watchDatagrams(t, ['all', family]);
		const [receiver, sender, connected] = printed
			.slice(-3)
			.map((words) => words.split(' ').map(Number))
			.map(([fd = -1, port = -1]) => ({ fd, port }));
		assert.ok(receiver !== undefined && sender !== undefined && connected !== undefined);
		const to = `${host} ${receiver.port}`;
		const [bySender, byConnected, byReceiver] = [
			// Before the first one it has no port, and no address ever.
			`${sender.fd}: ${any} ${sender.port} > `,
			`${connected.fd}: ${host} ${connected.port} > `,
			`${receiver.fd}: ${to} > `,
		];
		const fromSender = `${host} ${sender.port}`;
		const fromConnected = `${host} ${connected.port}`;
		const nobody = `${any} 0`;
		assert.deepEqual(sent.map(line), [
			`${bySender}${to}, 1 of 10, 0`,
			`${byConnected}${to}, 1 of 20, 0`,
			`${byReceiver}${fromConnected}, 1 of 30, 0`,
			`${byConnected}${to}, 1 of 40, 0`,
			`${byConnected}${to}, 1 of 5, 0`,
			`${bySender}${to}, 3 of 6, 0`,
			`${bySender}${to}, 1 of 0, 0`,
			`${bySender}${to}, 0 of 0, ${-EMSGSIZE}`,
			`${bySender}${nobody}, 0 of 0, ${-EFAULT}`,
		]);
		assert.deepEqual(received.map(line), [
			`${byReceiver}${fromSender}, 1 of 10, 0`,
			`${byReceiver}${nobody}, 1 of 20, 0`,
			`${byConnected}${to}, 1 of 30, 0`,
			`${byReceiver}${nobody}, 1 of 40, 0`,
			`${byReceiver}${nobody}, 1 of 5, 0`,
			`${byReceiver}${fromSender}, 3 of 6, 0`,
			`${byReceiver}${nobody}, 1 of 0, 0`,
			`${byReceiver}${nobody}, 1 of 0, 0`,
			`${byReceiver}${nobody}, 0 of 0, ${-EAGAIN}`,
		]);
	});
}

test('8 threads on one CPU: all datagrams are seen, or counted as missed', async (t) => {
	const reason = await unavailable('udp.send');
	if (reason !== false) return t.skip(reason);
	const [threads, count] = [8, 500];
	const { printed, sent, received, counts } = await watchDatagrams(t, [
		'threads',
		String(threads),
		String(count),
	]);
	const made = new Set(
		printed.flatMap((port) => Array.from({ length: count }, (_, i) => `${port} ${i + 1}`)),
	);
	assert.equal(made.size, threads * count);
	for (const [i, payloads] of [sent, received].entries()) {
		const found = payloads.map(({ localPort, payloadBytes }) => `${localPort} ${payloadBytes}`);
		assert.equal(new Set(found).size, found.length, 'none is doubled');
		assert.ok(found.every((each) => made.has(each)));
		const { missed = 0n, startLost = 0n } = counts[i] ?? {};
		const lost = made.size - found.length;
		if (IS_EXACT) assert.equal(lost, 0);
		else assert.ok(missed + startLost >= lost, `${lost} were lost, ${missed} and ${startLost} counted`);
		t.diagnostic(`${lost} of ${made.size} lost, ${missed} missed, ${startLost} starts lost`);
	}
	assert.ok(sent.every(({ localPort, remotePort }) => localPort === remotePort));
});
