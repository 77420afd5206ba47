import * as scripts from './probe-scripts.js';

/** A hot probe, and a load that makes its events. */
export interface ProbeLoad {
	/** With its options, as a ProbeSpec of the TypeScript client. */
	readonly spec: {
		readonly probe: string;
		readonly options?: { readonly case: string; readonly value: { readonly calls: readonly string[] } };
	};
	/** Of operations.c. */
	readonly operation: string;
	/** What it is, for people. */
	readonly title: string;
	readonly eventsPerCall: number;
	/** The same events by bpftrace, those of one process. */
	readonly script: (tgid: number) => string;
}

/** The ten that hosts are busiest with, so that what each event costs matters. */
export const PROBE_LOADS: readonly ProbeLoad[] = [
	{
		...{ spec: { probe: 'file.open' }, operation: 'open', title: 'openat of a missing file' },
		...{ eventsPerCall: 1, script: scripts.openScript },
	},
	{
		...{ spec: { probe: 'file.io' }, operation: 'read', title: 'pread64 of 64 cached bytes' },
		...{ eventsPerCall: 1, script: scripts.readScript },
	},
	{
		...{ spec: { probe: 'file.stat' }, operation: 'stat', title: 'newfstatat of a missing file' },
		...{ eventsPerCall: 1, script: scripts.statScript },
	},
	{
		...{ spec: { probe: 'file.delete' }, operation: 'unlink', title: 'unlinkat of a missing file' },
		...{ eventsPerCall: 1, script: scripts.deleteScript },
	},
	{
		spec: { probe: 'syscall', options: { case: 'syscall', value: { calls: ['getppid'] } } },
		...{ operation: 'getppid', title: 'getppid', eventsPerCall: 1, script: scripts.getppidScript },
	},
	{
		spec: { probe: 'syscall.error', options: { case: 'syscallError', value: { calls: ['close'] } } },
		...{ operation: 'close', title: 'close of no file', eventsPerCall: 1, script: scripts.closeErrorScript },
	},
	{
		...{ spec: { probe: 'signal.send' }, operation: 'kill', title: 'kill with a signal that is ignored' },
		...{ eventsPerCall: 1, script: scripts.signalScript },
	},
	{
		...{ spec: { probe: 'sched.run_queue' }, operation: 'turns', title: 'two threads that take turns' },
		...{ eventsPerCall: 2, script: scripts.runQueueScript },
	},
	{
		...{ spec: { probe: 'sched.off_cpu' }, operation: 'turns', title: 'two threads that take turns' },
		...{ eventsPerCall: 2, script: scripts.offCpuScript },
	},
	{
		...{ spec: { probe: 'tcp.state' }, operation: 'connect', title: 'connect to a closed port' },
		...{ eventsPerCall: 2, script: scripts.tcpStateScript },
	},
];
