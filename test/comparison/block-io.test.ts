import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { BlockIo_Operation, type StreamEventsResponse } from '../../clients/typescript/index.js';
import { type Hooks, startChild } from '../e2e/child.js';
import { eventsOf } from '../e2e/collect.js';
import { loopDevice } from '../e2e/loop-device.js';
import { bpftrace, parseEvents, print } from './bpftrace.js';
import { compare, type Workload } from './compare.js';
import { PeerUnavailable } from './peer.js';
import { numberIn, parseTable, textIn } from './table.js';
import { libbpfTool } from './tool.js';

const { READ, WRITE } = BlockIo_Operation;
const SECTOR_BYTES = 512;
const WRITES = 40;
const READS = 300;

/** A device that nobody else uses. */
interface Disk {
	readonly name: string;
	/** As stat(2) has it. */
	readonly number: number;
}

/** Requests past the page cache, of two sizes; the device has no partitions, and nothing else reads it. */
async function requests(t: Hooks): Promise<Workload<Disk>> {
	const loop = loopDevice(t);
	if (loop instanceof Error) throw new PeerUnavailable(`no loop device can be made: ${loop.message}`);
	const { device } = loop;
	async function dd(...args: string[]) {
		const { code, stderr } = await startChild(t, 'dd', args).ended;
		if (code !== 0) throw new Error(`dd failed: ${stderr}`);
	}
	async function run() {
		await dd('if=/dev/zero', `of=${device}`, 'bs=4096', `count=${WRITES}`, 'seek=7', 'oflag=direct');
		await dd(`if=${device}`, 'of=/dev/null', 'bs=1536', `count=${READS}`, 'skip=5', 'iflag=direct');
		return { name: basename(device), number: statSync(device).rdev };
	}
	return { pid: process.pid, run };
}

function ours(messages: readonly StreamEventsResponse[], disk: Disk) {
	return eventsOf(messages, 'blockIo')
		.filter(({ payload }) => payload.device === disk.number)
		.map(({ event: { process: owner }, payload }) => ({
			...{ pid: owner?.tgid ?? 0, comm: owner?.comm ?? '' },
			...{ operation: { [READ]: 'R', [WRITE]: 'W' }[payload.operation as number] ?? '' },
			...{ sector: Number(payload.sector), bytes: Number(payload.sizeBytes) },
		}));
}

compare('block.io', requests, [
	{
		// The process is that of the beginning of a request: at its end any other can run.
		peer: bpftrace(`
tracepoint:block:block_io_start { @pid[args.dev, args.sector] = pid; @comm[args.dev, args.sector] = comm; }
tracepoint:block:block_rq_complete /@pid[args.dev, args.sector]/
{
	${print(
		['%d', '%d', '%s', '%s', '%d', '%d'],
		...['args.dev', '@pid[args.dev, args.sector]', '@comm[args.dev, args.sector]', 'args.rwbs'],
		...['args.sector', 'args.nr_sector'],
	)}
	delete(@pid, (args.dev, args.sector));
	delete(@comm, (args.dev, args.sector));
}`),
		atLeast: WRITES + READS,
		ours,
		theirs: (output, disk) =>
			parseEvents(output)
				// The kernel's own numbers have 20 bits of minor, which here is below 256.
				.filter(([device]) => Number(device) === (((disk.number >> 8) << 20) | (disk.number & 0xff)))
				.map(([, pid, comm = '', flags = '', sector, sectors]) => ({
					...{ pid: Number(pid), comm, operation: flags.slice(0, 1) },
					...{ sector: Number(sector), bytes: Number(sectors) * SECTOR_BYTES },
				})),
	},
	{
		peer: libbpfTool('DISK', 'biosnoop'),
		atLeast: WRITES + READS,
		ours,
		theirs: (output, disk) =>
			parseTable(output, 'DISK')
				.filter((line) => textIn(line, 'DISK') === disk.name)
				.map((line) => ({
					...{ pid: numberIn(line, 'PID'), comm: textIn(line, 'COMM') },
					...{ operation: textIn(line, 'T').slice(0, 1) },
					...{ sector: numberIn(line, 'SECTOR'), bytes: numberIn(line, 'BYTES') },
				})),
	},
]);
