import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseAttachment } from './attachment.js';

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
