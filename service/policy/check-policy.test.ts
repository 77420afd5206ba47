import assert from 'node:assert/strict';
import { test } from 'node:test';
import { service as healthService } from 'grpc-health-check';
import { loadReflectionDefinition } from '../api/reflection-definition.js';
import { methodOf } from '../auth/access.js';
import { createCatalog } from '../catalog/catalog.js';
import { localFeatures } from '../catalog/features.js';
import { NodeServiceService } from '../gen/sonde/v1/node_service.js';
import { TraceServiceService } from '../gen/sonde/v1/trace_service.js';
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

test('the methods that can be named are those that are served', () => {
	const definitions = [
		...[TraceServiceService, NodeServiceService, healthService],
		...(['v1', 'v1alpha'] as const).map(loadReflectionDefinition),
	];
	const served = definitions.flatMap((definition) =>
		Object.values(definition).map(({ path }) => methodOf(path)),
	);
	assert.deepEqual([...new Set(served)].sort(), [...KNOWN_RPCS].sort());
});
