import type { StreamEventsResponse } from '../../clients/typescript/index.js';
import { type Captured, eventsOf } from '../e2e/collect.js';
import { bpftrace, parseEvents, print } from './bpftrace.js';
import { compare } from './compare.js';
import { belongs, type Connections, connections, type Ends, ESTABLISHED, endsOf } from './connections.js';
import { numberIn, parseTable, textIn } from './table.js';
import { ADDRESS_DIRECTIVES, parseEnds, stateEnds, tableEnds } from './tcp-peers.js';
import { libbpfTool } from './tool.js';

function accepts(
	messages: readonly StreamEventsResponse[],
	known: Connections,
): (Captured<'tcpAccept'> & { ends: Ends })[] {
	return eventsOf(messages, 'tcpAccept')
		.map((captured) => ({ ...captured, ends: endsOf(captured.payload) }))
		.filter(({ ends }) => belongs(ends, known));
}

// From the new descriptor to its socket. The kernel keeps an IPv4 address in the IPv6 one's place too.
const SCRIPT = `
tracepoint:syscalls:sys_exit_accept, tracepoint:syscalls:sys_exit_accept4 / args.ret >= 0 /
{
	$file = (struct file *)*(curtask->files->fdt->fd + args.ret);
	$inode = (uint64)$file->f_inode;
	$both = (struct socket_alloc *)($inode - (uint64)offsetof(struct socket_alloc, vfs_inode));
	$sk = $both->socket.sk;
	$common = $sk->__sk_common;
	if ($sk->sk_protocol == 6) {
		$is_v4 = $common.skc_family == 2;
		${print(
			[...ADDRESS_DIRECTIVES, '%d', '%s', '%d'],
			'$is_v4 ? ntop($common.skc_rcv_saddr) : ntop($common.skc_v6_rcv_saddr.in6_u.u6_addr8)',
			'$common.skc_num',
			'$is_v4 ? ntop($common.skc_daddr) : ntop($common.skc_v6_daddr.in6_u.u6_addr8)',
			...['bswap($common.skc_dport)', 'pid', 'comm', 'args.ret'],
		)}
	}
}`;

compare('tcp.accept', connections, [
	{
		peer: bpftrace(SCRIPT),
		atLeast: ESTABLISHED,
		ours: (messages, known) =>
			accepts(messages, known).map(({ event: { process }, payload: { fd }, ends }) => ({
				...{ ...ends, pid: process?.tgid ?? 0, comm: process?.comm ?? '', fd },
			})),
		theirs: (output, known) =>
			parseEvents(output)
				.map(([local = '', localPort = '', remote = '', remotePort = '', pid, comm = '', fd]) => ({
					...{ ...parseEnds([local, localPort, remote, remotePort]), pid: Number(pid), comm, fd: Number(fd) },
				}))
				.filter((row) => belongs(row, known)),
	},
	{
		// It shows connections when their handshake ends; this workload accepts all of them. By then no process has them.
		peer: libbpfTool('SKADDR', 'tcpstates', '-w'),
		atLeast: ESTABLISHED,
		ours: (messages, known) => accepts(messages, known).map(({ ends }) => ({ ...ends })),
		theirs: (output, known) =>
			parseTable(output, 'SKADDR')
				.filter(
					(line) => textIn(line, 'OLDSTATE') === 'SYN_RECV' && textIn(line, 'NEWSTATE') === 'ESTABLISHED',
				)
				.map((line) => ({ ...stateEnds(line) }))
				.filter((row) => belongs(row, known)),
	},
	{
		// Lines of the type A.
		peer: libbpfTool('SADDR', 'tcptracer'),
		atLeast: ESTABLISHED,
		ours: (messages, known) =>
			accepts(messages, known).map(({ event: { process }, ends }) => ({
				...{ ...ends, pid: process?.tgid ?? 0, comm: process?.comm ?? '' },
			})),
		theirs: (output, known) =>
			parseTable(output, 'SADDR')
				.filter((line) => textIn(line, 'T') === 'A')
				.map((line) => ({ ...tableEnds(line), pid: numberIn(line, 'PID'), comm: textIn(line, 'COMM') }))
				.filter((row) => belongs(row, known)),
	},
]);
