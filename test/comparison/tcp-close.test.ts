import { TcpState_State as State, type StreamEventsResponse } from '../../clients/typescript/index.js';
import { type Captured, eventsOf } from '../e2e/collect.js';
import { bpftrace, parseEvents, print } from './bpftrace.js';
import { compare } from './compare.js';
import {
	ATTEMPTS,
	belongs,
	type Connections,
	connections,
	type Ends,
	ESTABLISHED,
	endsOf,
} from './connections.js';
import type { Row } from './row.js';
import { numberIn, parseTable, textIn } from './table.js';
import { ADDRESS_DIRECTIVES, ADDRESSES, parseEnds, stateEnds } from './tcp-peers.js';
import { libbpfTool } from './tool.js';

type Close = Captured<'tcpClose'> & { readonly ends: Ends };

function closes(messages: readonly StreamEventsResponse[], known: Connections): Close[] {
	return eventsOf(messages, 'tcpClose')
		.map((captured) => ({ ...captured, ends: endsOf(captured.payload) }))
		.filter(({ ends }) => belongs(ends, known));
}

/** Connections end once for each side, attempts once. */
const ENDS = ESTABLISHED + ATTEMPTS;

// A listener that is closed is no connection. Who owns a socket is not known at this place. What the kernel calls bytes
// received has the other side's FIN as one, if that has come before the end (SOCK_DONE, include/net/sock.h): a socket that
// nobody has open any more ends when its own FIN is acknowledged.
const SCRIPT = `
tracepoint:sock:inet_sock_set_state / args.protocol == 6 && args.newstate == 7 && args.oldstate != 10 /
{
	$tcp = (struct tcp_sock *)args.skaddr;
	${print(
		[...ADDRESS_DIRECTIVES, '%d', '%d', '%d', '%d', '%d'],
		...ADDRESSES,
		...['args.oldstate', '((struct sock *)args.skaddr)->sk_err', '$tcp->bytes_sent - $tcp->bytes_retrans'],
		'$tcp->bytes_received - ((((struct sock *)args.skaddr)->__sk_common.skc_flags >> 1) & 1)',
		'$tcp->total_retrans',
	)}
}`;

/**
 * tcplife takes the process that the CPU runs when a side connects or closes last. For one that accepted and closed first
 * it has none, and takes the one at the end, which is the other side here; of this workload some of those over IPv6.
 */
function ownerOf(ends: Ends, { ports }: Connections, pid: number, comm: string): Row {
	return ends.localAddress === '::1' && ports.has(ends.localPort) ? {} : { pid, comm };
}

const toKib = (bytes: number) => Math.round(bytes / 1_024);

compare('tcp.close', connections, [
	{
		peer: bpftrace(SCRIPT),
		atLeast: ENDS,
		ours: (messages, known) =>
			closes(messages, known).map((close) => {
				const { state, error, bytesSent, retransmits } = close.payload;
				return {
					...close.ends,
					state,
					error,
					sent: Number(bytesSent),
					received: Number(close.payload.bytesReceived),
					retransmits,
				};
			}),
		theirs: (output, known) =>
			parseEvents(output)
				.map(([local = '', localPort = '', remote = '', remotePort = '', ...numbers]) => {
					const [state = -1, error = -1, sent = -1, received = -1, retransmits = -1] = numbers.map(Number);
					const ends = parseEnds([local, localPort, remote, remotePort]);
					return { ...ends, state, error: 0 - error, sent, received, retransmits };
				})
				.filter((row) => belongs(row, known)),
	},
	{
		peer: libbpfTool('SKADDR', 'tcpstates', '-w'),
		atLeast: ENDS,
		ours: (messages, known) =>
			closes(messages, known).map(({ payload: { state }, ends }) => ({ ...ends, state: State[state] })),
		theirs: (output, known) =>
			parseTable(output, 'SKADDR')
				.filter((line) => textIn(line, 'NEWSTATE') === 'CLOSE' && textIn(line, 'OLDSTATE') !== 'LISTEN')
				.map((line) => ({ ...stateEnds(line), state: textIn(line, 'OLDSTATE') }))
				.filter((row) => belongs(row, known)),
	},
	{
		peer: libbpfTool('LADDR', 'tcplife', '-w'),
		atLeast: ENDS,
		ours: (messages, known) =>
			closes(messages, known).map(({ event: { process }, payload: { bytesSent, bytesReceived }, ends }) => ({
				...ends,
				...ownerOf(ends, known, process?.tgid ?? 0, process?.comm ?? ''),
				...{ sentKib: toKib(Number(bytesSent)), receivedKib: toKib(Number(bytesReceived)) },
			})),
		theirs: (output, known) =>
			parseTable(output, 'LADDR')
				.map((line) => ({ line, ends: stateEnds(line) }))
				.filter(({ ends }) => belongs(ends, known))
				.map(({ line, ends }) => ({
					...ends,
					...ownerOf(ends, known, numberIn(line, 'PID'), textIn(line, 'COMM')),
					// It has two places of a KiB, and counts SYN and FIN like bytes.
					sentKib: Math.round(numberIn(line, 'TX_KB')),
					receivedKib: Math.round(numberIn(line, 'RX_KB')),
				})),
	},
]);
