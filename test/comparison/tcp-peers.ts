import type { Ends } from './connections.js';
import { numberIn, type TableLine, textIn } from './table.js';

const address = (name: string) => `args.family == 2 ? ntop(args.${name}) : ntop(args.${name}_v6)`;

/** For bpftrace: the ends of a socket whose state changes, and how to print them. */
export const ADDRESSES = [address('saddr'), 'args.sport', address('daddr'), 'args.dport'] as const;
export const ADDRESS_DIRECTIVES = ['%s', '%d', '%s', '%d'] as const;

/** What was printed so. */
export function parseEnds([local = '', localPort, remote = '', remotePort]: readonly string[]): Ends {
	return {
		...{ localAddress: local, localPort: Number(localPort) },
		...{ remoteAddress: remote, remotePort: Number(remotePort) },
	};
}

/** As tcpstates and tcplife name the columns. */
export function stateEnds(line: TableLine): Ends {
	return {
		...{ localAddress: textIn(line, 'LADDR'), localPort: numberIn(line, 'LPORT') },
		...{ remoteAddress: textIn(line, 'RADDR'), remotePort: numberIn(line, 'RPORT') },
	};
}

/** As tcptracer names them. */
export function tableEnds(line: TableLine): Ends {
	return {
		...{ localAddress: textIn(line, 'SADDR'), localPort: numberIn(line, 'SPORT') },
		...{ remoteAddress: textIn(line, 'DADDR'), remotePort: numberIn(line, 'DPORT') },
	};
}
