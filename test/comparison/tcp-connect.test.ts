import type { StreamEventsResponse } from '../../clients/typescript/index.js';
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
import { numberIn, parseTable, textIn } from './table.js';
import { ADDRESS_DIRECTIVES, ADDRESSES, parseEnds, stateEnds, tableEnds } from './tcp-peers.js';
import { libbpfTool } from './tool.js';

function attempts(
	messages: readonly StreamEventsResponse[],
	known: Connections,
): (Captured<'tcpConnect'> & { ends: Ends })[] {
	return eventsOf(messages, 'tcpConnect')
		.map((captured) => ({ ...captured, ends: endsOf(captured.payload) }))
		.filter(({ ends }) => belongs(ends, known));
}

// The process that connects is known when the attempt begins only; later changes of the state come from interrupts.
const SCRIPT = `
tracepoint:sock:inet_sock_set_state / args.protocol == 6 && args.newstate == 2 /
{ @begun[args.skaddr] = (pid, comm); }
tracepoint:sock:inet_sock_set_state / args.protocol == 6 && args.oldstate == 2 /
{
	${print(
		[...ADDRESS_DIRECTIVES, '%d', '%s', '%d', '%d'],
		...ADDRESSES,
		...['@begun[args.skaddr].0', '@begun[args.skaddr].1', 'args.newstate == 1'],
		'((struct sock *)args.skaddr)->sk_err',
	)}
	delete(@begun, args.skaddr);
}
END { clear(@begun); }`;

compare('tcp.connect', connections, [
	{
		peer: bpftrace(SCRIPT),
		atLeast: ATTEMPTS,
		ours: (messages, known) =>
			attempts(messages, known).map(({ event: { process }, payload: { established, error }, ends }) => ({
				...{ ...ends, pid: process?.tgid ?? 0, comm: process?.comm ?? '', established, error },
			})),
		theirs: (output, known) =>
			parseEvents(output)
				.map(
					([
						local = '',
						localPort = '',
						remote = '',
						remotePort = '',
						pid,
						comm = '',
						established,
						error,
					]) => ({
						...{ ...parseEnds([local, localPort, remote, remotePort]), pid: Number(pid), comm },
						...{ established: established === '1', error: 0 - Number(error) },
					}),
				)
				.filter((row) => belongs(row, known)),
	},
	{
		// Its PID is the process that the CPU ran when the state changed, and it does not show errors.
		peer: libbpfTool('SKADDR', 'tcpstates', '-w'),
		atLeast: ATTEMPTS,
		ours: (messages, known) =>
			attempts(messages, known).map(({ payload: { established }, ends }) => ({ ...ends, established })),
		theirs: (output, known) =>
			parseTable(output, 'SKADDR')
				.filter((line) => textIn(line, 'OLDSTATE') === 'SYN_SENT')
				.map((line) => ({ ...stateEnds(line), established: textIn(line, 'NEWSTATE') === 'ESTABLISHED' }))
				.filter((row) => belongs(row, known)),
	},
	{
		// It shows attempts when their SYN is sent, however they end.
		peer: libbpfTool('SADDR', 'tcpconnect'),
		atLeast: ATTEMPTS,
		ours: (messages, known) =>
			attempts(messages, known).map(
				({ event: { process }, ends: { localAddress, remoteAddress, remotePort } }) => ({
					...{ localAddress, remoteAddress, remotePort, pid: process?.tgid ?? 0, comm: process?.comm ?? '' },
				}),
			),
		theirs: (output, { ports }) =>
			parseTable(output, 'SADDR')
				.filter((line) => ports.has(numberIn(line, 'DPORT')))
				.map((line) => ({
					...{ localAddress: textIn(line, 'SADDR'), remoteAddress: textIn(line, 'DADDR') },
					...{ remotePort: numberIn(line, 'DPORT'), pid: numberIn(line, 'PID'), comm: textIn(line, 'COMM') },
				})),
	},
	{
		// It shows the attempts that succeed, as lines of the type C.
		peer: libbpfTool('SADDR', 'tcptracer'),
		atLeast: ESTABLISHED,
		ours: (messages, known) =>
			attempts(messages, known)
				.filter(({ payload }) => payload.established)
				.map(({ event: { process }, ends }) => ({
					...ends,
					pid: process?.tgid ?? 0,
					comm: process?.comm ?? '',
				})),
		theirs: (output, known) =>
			parseTable(output, 'SADDR')
				.filter((line) => textIn(line, 'T') === 'C')
				.map((line) => ({ ...tableEnds(line), pid: numberIn(line, 'PID'), comm: textIn(line, 'COMM') }))
				.filter((row) => belongs(row, known)),
	},
]);
