import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cgroupFacts } from './cgroup-facts.js';

const ID = '0123456789abcdef'.repeat(4);
const OTHER = 'fedcba9876543210'.repeat(4);
const POD = '01234567-89ab-cdef-0123-456789abcdef';
const NONE = { systemdUnit: '', containerId: '', podUid: '' };

test('cgroupFacts reads the paths that systemd, container runtimes and the kubelet make', () => {
	const cases: [string, Partial<typeof NONE>][] = [
		['/', {}],
		['/system.slice', {}],
		['/system.slice/nginx.service', { systemdUnit: 'nginx.service' }],
		['/system.slice/_cgroup.service/inner', { systemdUnit: 'cgroup.service' }],
		[
			'/user.slice/user-1000.slice/user@1000.service/app.slice/x.service',
			{ systemdUnit: 'user@1000.service' },
		],
		[`/docker/${ID}`, { containerId: ID }],
		[`/system.slice/docker-${ID}.scope`, { systemdUnit: `docker-${ID}.scope`, containerId: ID }],
		[`/machine.slice/libpod-${ID}.scope/container`, { systemdUnit: `libpod-${ID}.scope`, containerId: ID }],
		[`/kubepods/burstable/pod${POD}/${ID}`, { containerId: ID, podUid: POD }],
		[
			`/kubepods.slice/kubepods-pod${POD.replaceAll('-', '_')}.slice/crio-${ID}.scope`,
			{ systemdUnit: `crio-${ID}.scope`, containerId: ID, podUid: POD },
		],
		['/kubepods/pod0123456789abcdef0123456789abcdef/x', { podUid: '0123456789abcdef0123456789abcdef' }],
		// A container in a container.
		[`/docker/${OTHER}/docker/${ID}`, { containerId: ID }],
		// One digit too few, and one of no number.
		[`/docker/${ID.slice(1)}`, {}],
		[`/docker/${ID.slice(1)}g`, {}],
		[`/podcast/pod${POD.slice(1)}`, {}],
	];
	for (const [path, facts] of cases) assert.deepEqual(cgroupFacts(path), { ...NONE, ...facts }, path);
});
