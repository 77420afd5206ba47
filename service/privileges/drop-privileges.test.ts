import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CAP_BPF, CAP_PERFMON, CAP_SETPCAP, CAP_SYS_ADMIN, usefulCapabilities } from './capabilities.js';
import { isReduced } from './drop-privileges.js';
import { parsePrivileges } from './process-privileges.js';

const STATUS = `Name:	node
CapInh:	000000c000000000
CapPrm:	000000c000000000
CapEff:	000000c000000000
CapBnd:	000001ffffffffff
CapAmb:	000000c000000000
NoNewPrivs:	1
`;
const BOTH = (1n << CAP_BPF) | (1n << CAP_PERFMON);
const OWN = parsePrivileges(STATUS);

test('parsePrivileges reads what /proc says, and says what it does not', () => {
	assert.deepEqual(OWN, {
		...{ inheritable: BOTH, permitted: BOTH, effective: BOTH, ambient: BOTH },
		...{ bounding: 0x1ffffffffffn, noNewPrivileges: true },
	});
	assert.throws(() => parsePrivileges('Name:	node\n'), /the status of this process in \/proc has no CapInh/);
});

test('isReduced: nothing is left to give up', () => {
	assert.equal(isReduced(OWN, BOTH), true);
	assert.equal(isReduced(OWN, 1n << CAP_BPF), false);
	assert.equal(isReduced({ ...OWN, noNewPrivileges: false }, BOTH), false);
	for (const set of ['permitted', 'effective', 'inheritable', 'ambient'] as const)
		assert.equal(isReduced({ ...OWN, [set]: BOTH | 1n }, BOTH), false, set);
});

test('isReduced: the bounding set counts for who can limit it', () => {
	const kept = BOTH | (1n << CAP_SETPCAP);
	assert.equal(isReduced({ ...OWN, effective: kept }, kept), false);
	assert.equal(isReduced({ ...OWN, effective: kept, bounding: kept }, kept), true);
});

test('usefulCapabilities: CAP_SYS_ADMIN where nothing less will do, and CAP_NET_BIND_SERVICE for a low port', () => {
	const host = { release: '6.12.0', perfEventParanoid: 2, port: 7_443, held: BOTH };
	const has = (bit: bigint, more: Partial<typeof host>) =>
		((usefulCapabilities({ ...host, ...more }) >> bit) & 1n) === 1n;
	assert.equal(has(CAP_SYS_ADMIN, {}), false);
	for (const more of [{ perfEventParanoid: 3 }, { release: '6.1.0' }, { held: 1n << CAP_BPF }])
		assert.equal(has(CAP_SYS_ADMIN, more), true, JSON.stringify(Object.keys(more)));
	const CAP_NET_BIND_SERVICE = 10n;
	assert.equal(has(CAP_NET_BIND_SERVICE, {}), false);
	assert.equal(has(CAP_NET_BIND_SERVICE, { port: 0 }), false);
	assert.equal(has(CAP_NET_BIND_SERVICE, { port: 443 }), true);
});
