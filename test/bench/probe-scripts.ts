// What one would write for bpftrace to print the fields of Sonde's events of one process, as far as bpftrace can: in the old way
// of writing, as in opens.bt.

/** Begins the line of an event: other lines are none. */
export const EVENT = 'event ';

const TASK = '((struct task_struct *)curtask)';
const CURRENT = [
	...['nsecs', 'cpu', 'pid', 'tid', `${TASK}->real_parent->tgid`],
	...['uid', 'gid', 'comm', 'cgroup', `${TASK}->start_boottime`],
];
/** The same of a thread that is not the current one. */
const NEXT = [
	...['nsecs', 'cpu', '$next->tgid', '$next->pid', '$next->real_parent->tgid'],
	...['$next->cred->uid.val', '$next->cred->gid.val', '$next->comm'],
	...['$next->cgroups->dfl_cgrp->kn->id', '$next->start_boottime'],
];

function print(context: readonly string[], directives: string, ...values: readonly string[]): string {
	const format = `${EVENT}%llu %u %d %d %d %d %d %s %llu %llu ${directives}\\n`;
	return `printf("${format}", ${[...context, ...values].join(', ')});`;
}

/** Keeps arguments from entry to return, the first of which is never 0, and then does something with them as $call. */
function atReturn(tgid: number, call: string, kept: readonly string[], action: string): string {
	return `
tracepoint:syscalls:sys_enter_${call} / pid == ${tgid} / { @call[tid] = (${kept.join(', ')}); }
tracepoint:syscalls:sys_exit_${call} / @call[tid].0 / { $call = @call[tid]; ${action} delete(@call[tid]); }
END { clear(@call); }`;
}

export function openScript(tgid: number): string {
	const values = ['$call.1', '$call.2', '$call.3', 'str($call.0)', 'args->ret'];
	const kept = ['args->filename', 'args->dfd', 'args->flags', 'args->mode'];
	return atReturn(tgid, 'openat', kept, print(CURRENT, '%d %d %o %s %d', ...values));
}

export function statScript(tgid: number): string {
	const values = ['$call.1', '$call.2', 'str($call.0)', 'args->ret'];
	const kept = ['args->filename', 'args->dfd', 'args->flag'];
	return atReturn(tgid, 'newfstatat', kept, print(CURRENT, '%d %d %s %d', ...values));
}

export function deleteScript(tgid: number): string {
	const values = ['$call.1', '$call.2', 'str($call.0)', 'args->ret'];
	const kept = ['args->pathname', 'args->dfd', 'args->flag'];
	return atReturn(tgid, 'unlinkat', kept, print(CURRENT, '%d %d %s %d', ...values));
}

export function readScript(tgid: number): string {
	const file = `$file = (struct file *)*(uint64 *)((uint64)${TASK}->files->fdt->fd + 8 * (uint64)$call.1);`;
	const ofFile = [
		'str($file->f_path.dentry->d_name.name)',
		'$file->f_inode->i_ino',
		'$file->f_inode->i_sb->s_dev',
	];
	const values = ['$call.1', ...ofFile, '$call.2', '$call.3', 'args->ret', 'nsecs - $call.0'];
	const action = print(CURRENT, '%d %s %llu %u %lld %llu %lld %llu', ...values);
	return atReturn(tgid, 'pread64', ['nsecs', 'args->fd', 'args->pos', 'args->count'], `${file} ${action}`);
}

/** Registers beyond a call's arguments it does not show. */
export function getppidScript(tgid: number): string {
	const action = print(CURRENT, 'getppid %d %lld %llu', '$call.1', 'args->ret', 'nsecs - $call.0');
	return atReturn(tgid, 'getppid', ['nsecs', 'args->__syscall_nr'], action);
}

export function closeErrorScript(tgid: number): string {
	const action = print(CURRENT, 'close %d %llu %d', '$call.1', '$call.2', '-args->ret');
	const kept = ['nsecs', 'args->__syscall_nr', 'args->fd'];
	return atReturn(tgid, 'close', kept, `if (args->ret < 0) { ${action} }`);
}

export function signalScript(tgid: number): string {
	const values = ['args->sig', 'args->code', 'args->pid', 'args->comm', 'args->group', 'args->result'];
	const action = print(CURRENT, '%d %d %d %s %d %d', ...values);
	return `tracepoint:signal:signal_generate / pid == ${tgid} / { ${action} }`;
}

/** Raw, because what the tracepoint itself shows has no process in it. */
export function runQueueScript(tgid: number): string {
	return `
rawtracepoint:vmlinux:sched_wakeup
{
	$woken = (struct task_struct *)arg0;
	if ($woken->tgid == ${tgid}) { @since[$woken->pid] = (nsecs, 0); }
}
rawtracepoint:vmlinux:sched_switch
{
	$previous = (struct task_struct *)arg1;
	$next = (struct task_struct *)arg2;
	if ($previous->tgid == ${tgid} && $previous->__state == 0) { @since[$previous->pid] = (nsecs, 1); }
	if ($next->tgid == ${tgid} && @since[$next->pid].0 != 0) {
		$wait = @since[$next->pid];
		${print(NEXT, '%llu %d', 'nsecs - $wait.0', '$wait.1')}
		delete(@since[$next->pid]);
	}
}
END { clear(@since); }`;
}

export function offCpuScript(tgid: number): string {
	return `
rawtracepoint:vmlinux:sched_switch
{
	$previous = (struct task_struct *)arg1;
	$next = (struct task_struct *)arg2;
	if ($previous->tgid == ${tgid}) { @since[$previous->pid] = (nsecs, $previous->__state); }
	if ($next->tgid == ${tgid} && @since[$next->pid].0 != 0) {
		$away = @since[$next->pid];
		${print(NEXT, '%llu %d', 'nsecs - $away.0', '$away.1')}
		delete(@since[$next->pid]);
	}
}
END { clear(@since); }`;
}

export function tcpStateScript(tgid: number): string {
	const values = [
		...['ntop(args->family, args->saddr)', 'args->sport', 'ntop(args->family, args->daddr)', 'args->dport'],
		...['args->oldstate', 'args->newstate'],
	];
	const action = print(CURRENT, '%s %d %s %d %d %d', ...values);
	return `tracepoint:sock:inet_sock_set_state / pid == ${tgid} / { ${action} }`;
}
