import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDescriptorIndex } from '../api/descriptor-index.js';
import { splitDescriptorSet } from '../api/descriptor-set.js';
import { readServedDescriptors } from '../api/served-descriptors.js';
import { createCatalog } from '../catalog/catalog.js';
import { localFeatures } from '../catalog/features.js';
import { checkPolicy } from './check-policy.js';
import { parsePolicy } from './policy-file.js';
import { KNOWN_RPCS } from './rpcs.js';

const catalog = createCatalog(localFeatures());
const check = (role: string) =>
	checkPolicy(parsePolicy(`roles: {a: {${role}}}\nprincipals: []`, 'test'), catalog);

test('what a role names has to be there', async () => {
	await check('rpcs: ["TraceService/*"], probes: ["file.*"], filter: "process.uid == 1"');
	await assert.rejects(
		check('rpcs: [TraceService/Stop]'),
		/roles\.a\.rpcs\[0\] is "TraceService\/Stop", must be one of/,
	);
	await assert.rejects(
		check('rpcs: [], probes: [file.opn]'),
		/roles\.a\.probes\[0\] is "file\.opn", must be the id/,
	);
	await assert.rejects(
		check('rpcs: [], filter: "proces.uid == 1"'),
		/roles\.a\.filter is "proces\.uid == 1", /,
	);
	await assert.rejects(check('rpcs: [], filter: "path == \'a\'"'), /roles\.a\.filter/);
});

test('groups and processes that a filter names may come later', async () => {
	await check(`rpcs: [], filter: 'process.cgroup_under("/not/there")'`);
	await check("rpcs: [], filter: 'process.descends_from(2147483647)'");
});

test('every method that is served can be named', () => {
	const { services } = createDescriptorIndex(splitDescriptorSet(readServedDescriptors()));
	for (const service of services) {
		const name = service.slice(service.lastIndexOf('.') + 1);
		assert.ok(
			KNOWN_RPCS.some((rpc) => rpc.startsWith(`${name}/`)),
			service,
		);
	}
});
