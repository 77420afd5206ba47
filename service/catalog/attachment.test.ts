import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseAttachment } from './attachment.js';
import type { CatalogProgram } from './entry.js';

const ABSENT = { required: false, detail: 'no such thing', remedy: 'get one' };

function program(attachPoint: string): CatalogProgram {
	return { kind: attachPoint.split('/')[0] ?? '', attachPoint, keepsArguments: false };
}

/** A kernel with these features, tracepoints and functions. */
function host({
	features = [],
	tracepoints = [],
	functions = [],
}: {
	features?: string[];
	tracepoints?: string[];
	functions?: string[];
}) {
	const all = [
		'tracefs',
		'perf_events',
		'return_probes',
		'exact_tracepoints',
		'function_programs',
		'task_pt_regs',
		'io_uring_requests',
	];
	return {
		features: all.map((name) => ({
			...{ ...ABSENT, name, detail: `no ${name}` },
			available: features.includes(name),
		})),
		tracepoints: { has: (name: string) => tracepoints.includes(name) },
		hasFunction: (name: string) => functions.includes(name),
		whyNoUserFunction: () => 'there are none',
	};
}

const CHECK = ['tp_btf/cap_capable', 'fexit/cap_capable'].map(program);

test('chooseAttachment says of each way what it lacks', () => {
	assert.deepEqual(chooseAttachment(CHECK, [], host({})), {
		attachPoints: ['tp_btf/cap_capable'],
		keepArguments: false,
		uprobeMulti: false,
		unavailableReason: 'this kernel has no tp_btf/cap_capable; no function_programs; get one',
		limitations: [],
	});
	const { unavailableReason } = chooseAttachment(CHECK, [], host({ features: ['function_programs'] }));
	assert.equal(
		unavailableReason,
		'this kernel has no tp_btf/cap_capable; this kernel has no fexit/cap_capable',
	);
});

test('chooseAttachment takes the first way that there is', () => {
	const pointsOn = (kernel: Parameters<typeof host>[0]) => {
		const { attachPoints, unavailableReason } = chooseAttachment(CHECK, [], host(kernel));
		assert.equal(unavailableReason, '');
		return attachPoints;
	};
	const functions = { features: ['function_programs'], functions: ['cap_capable'] };
	assert.deepEqual(pointsOn(functions), ['fexit/cap_capable']);
	assert.deepEqual(pointsOn({ ...functions, tracepoints: ['cap_capable'] }), ['tp_btf/cap_capable']);
});

const OPEN = [
	'tracepoint/syscalls/sys_exit_openat',
	'kretprobe.multi/__x64_sys_openat',
	'tp_btf/io_uring_submit_req',
	'tp_btf/io_uring_submit_sqe',
	'tp_btf/io_uring_complete',
].map(program);
const URING = {
	attachPoints: OPEN.slice(2).map(({ attachPoint }) => attachPoint),
	limitation: 'not all is seen',
};

test('chooseAttachment does without an optional hook, and says so', () => {
	const kernel = {
		features: ['tracefs', 'perf_events', 'exact_tracepoints'],
		tracepoints: ['syscalls/sys_exit_openat'],
	};
	const { attachPoints, unavailableReason, limitations } = chooseAttachment(OPEN, [URING], host(kernel));
	assert.deepEqual(attachPoints, ['tracepoint/syscalls/sys_exit_openat']);
	assert.equal(unavailableReason, '');
	assert.deepEqual(limitations, ['not all is seen: no io_uring_requests; get one']);
});

test('chooseAttachment knows a tracepoint by either of its names', () => {
	const on = (...names: string[]) =>
		chooseAttachment(
			OPEN,
			[URING],
			host({
				features: ['tracefs', 'perf_events', 'return_probes', 'io_uring_requests'],
				tracepoints: ['syscalls/sys_exit_openat', ...names],
			}),
		);
	const call = 'kretprobe.multi/__x64_sys_openat';
	for (const name of ['io_uring_submit_req', 'io_uring_submit_sqe']) {
		const { attachPoints, limitations } = on(name, 'io_uring_complete');
		assert.deepEqual(attachPoints, [call, `tp_btf/${name}`, 'tp_btf/io_uring_complete']);
		assert.deepEqual(limitations, []);
	}
	const { attachPoints, limitations } = on('io_uring_complete');
	assert.deepEqual(attachPoints, [call]);
	assert.deepEqual(limitations, ['not all is seen: this kernel has no tp_btf/io_uring_submit_req']);
});

const USER_PROBES = {
	name: 'user_probes',
	required: false,
	detail: 'no probes on functions in user space',
	remedy: 'run as root',
};
const START = { kind: 'tp_btf', attachPoint: 'tp_btf/sched_process_exit', keepsArguments: false };
const PROGRAMS = [
	START,
	...['libone.so.1:send', 'libtwo.so.2:receive'].flatMap((point) =>
		['uprobe', 'uretprobe'].map((kind) => ({ kind, attachPoint: `${kind}/${point}`, keepsArguments: false })),
	),
];

function choose(missing: Readonly<Record<string, string>>, available = true, multi = true) {
	return chooseAttachment(PROGRAMS, [], {
		features: [
			{ ...USER_PROBES, available },
			{ ...USER_PROBES, name: 'uprobe_multi', available: multi },
			{ ...USER_PROBES, name: 'task_pt_regs', available: true },
		],
		tracepoints: { has: () => true },
		hasFunction: () => true,
		whyNoUserFunction: (point) => missing[point] ?? '',
	});
}

test('chooseAttachment leaves functions out that this node does not have', () => {
	const { attachPoints, unavailableReason } = choose({ 'libone.so.1:send': 'no libone.so.1 on this node' });
	assert.deepEqual(attachPoints, [
		'tp_btf/sched_process_exit',
		'uprobe/libtwo.so.2:receive',
		'uretprobe/libtwo.so.2:receive',
	]);
	assert.equal(unavailableReason, '');
});

test('chooseAttachment says why none of the functions of a probe is there', () => {
	const { unavailableReason } = choose({
		'libone.so.1:send': 'no libone.so.1 on this node',
		'libtwo.so.2:receive': '/lib/libtwo.so.2 has no function receive',
	});
	assert.equal(unavailableReason, 'no libone.so.1 on this node');
});

test('chooseAttachment attaches functions in user space as the kernel can, or says that it cannot', () => {
	assert.equal(choose({}).uprobeMulti, true);
	assert.equal(choose({}, true, false).uprobeMulti, false);
	assert.equal(
		choose({}, false, false).unavailableReason,
		'no probes on functions in user space; run as root',
	);
});
