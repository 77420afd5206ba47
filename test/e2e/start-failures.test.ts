import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Hooks, startChild } from './child.js';
import { SONDE, startNode, temporaryDirectory } from './node.js';

/** Runs `sonde serve` behind a prefix; gives its one line and expects it to fail. */
async function serveFails(
	t: Hooks,
	prefix: readonly string[],
	options: readonly string[] = [],
): Promise<string> {
	const serve = [
		'serve',
		'--listen',
		'127.0.0.1:0',
		'--state',
		join(temporaryDirectory(t), 'state'),
		...options,
	];
	const [command = SONDE, ...args] = [...prefix, SONDE, ...serve];
	const { code, stdout, stderr } = await startChild(t, command, args).ended;
	assert.equal(code, 1, stderr);
	assert.equal(stdout, '');
	assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
	return stderr.trimEnd();
}

// In a chroot whose root is no mount point a namespace cannot be made private, and unmounting would reach the host.
const canUnshare = spawnSync('unshare', ['--mount', 'true']).status === 0;
const skip = canUnshare ? false : 'no private mount namespace can be made here';

/** A mount namespace of its own, in which `setup` runs first. */
const inNamespace = (setup: string) => ['unshare', '--mount', 'sh', '-c', `${setup} && exec "$@"`, 'sh'];

test('without privileges', async (t) => {
	const line = await serveFails(t, ['setpriv', '--bounding-set', '-all', '--inh-caps', '-all']);
	assert.equal(
		line,
		'sonde: the kernel refuses eBPF programs: Operation not permitted; run as root, or grant CAP_BPF and CAP_PERFMON',
	);
});

test('without BTF', { skip }, async (t) => {
	const empty = temporaryDirectory(t);
	const line = await serveFails(t, inNamespace(`mount --bind ${empty} /sys/kernel/btf`));
	assert.equal(
		line,
		'sonde: no type information of the kernel in /sys/kernel/btf/vmlinux; ' +
			'use a kernel built with CONFIG_DEBUG_INFO_BTF=y, as all of Debian since 11 are',
	);
});

test('with the port taken', async (t) => {
	const other = createServer().listen(0, '127.0.0.1');
	t.after(() => other.close());
	await once(other, 'listening');
	const { port } = other.address() as AddressInfo;
	const line = await serveFails(t, [], ['--listen', `127.0.0.1:${port}`]);
	assert.equal(
		line,
		`sonde: port ${port} on 127.0.0.1 is taken; stop what listens there or choose another with --listen HOST:PORT`,
	);
});

test('with the port taken by another node, which goes on', async (t) => {
	const node = await startNode(t);
	const line = await serveFails(t, [], ['--listen', node.address]);
	assert.match(line, /^sonde: port \d+ on 127\.0\.0\.1 is taken;/);
	assert.notEqual((await node.client.getNode()).node?.nodeId, '');
});

test('with a state directory that cannot be written', async (t) => {
	const file = join(temporaryDirectory(t), 'file');
	writeFileSync(file, '');
	const line = await serveFails(t, [], ['--state', join(file, 'state')]);
	assert.match(line, /^sonde: cannot write to .*\/file\/state: .*--state DIR$/);
});
