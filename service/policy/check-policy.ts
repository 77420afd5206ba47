import type { Catalog } from '../catalog/catalog.js';
import { FilterProblem } from '../filter/problem.js';
import { BUILT_IN_ROLES } from './built-in-roles.js';
import type { Policy } from './policy.js';
import { PolicyError } from './policy-error.js';
import type { Role } from './role.js';
import { KNOWN_RPCS } from './rpcs.js';

/**
 * Finds what a policy names and nothing has: calls, probes, and what its filters and redactions ask for.
 *
 * @throws PolicyError names the first one.
 */
export async function checkPolicy(policy: Policy, catalog: Catalog): Promise<void> {
	for (const role of policy.roles) {
		if (BUILT_IN_ROLES.includes(role)) continue;
		const fail = (field: string, text: string, must: string) => {
			throw new PolicyError(
				`${policy.source}: roles.${role.name}.${field} is ${JSON.stringify(text)}, ${must}`,
			);
		};
		for (const [i, { text, matches }] of role.rpcs.entries()) {
			if (!KNOWN_RPCS.some(matches))
				fail(`rpcs[${i}]`, text, `must be one of ${KNOWN_RPCS.join(', ')}, or match some`);
		}
		for (const [i, { text, matches }] of role.probes.entries()) {
			if (!catalog.probes.some(({ description }) => matches(description.id)))
				fail(`probes[${i}]`, text, 'must be the id of a probe, or match some ("sonde probes" lists them)');
		}
		for (const [i, text] of role.redact.entries()) {
			const problem = catalog.redactionProblem(text);
			if (problem !== undefined) fail(`redact[${i}]`, text, problem);
		}
		await checkFilter(role, catalog, (problem) => fail('filter', role.filter, problem));
	}
}

/** What it names of the host may come and go: whether it is there is looked at when a trace starts. */
async function checkFilter(
	{ filter }: Role,
	catalog: Catalog,
	fail: (problem: string) => void,
): Promise<void> {
	if (filter === '') return;
	try {
		(await catalog.hostlessLanguage()).parse(filter);
	} catch (error) {
		if (!(error instanceof FilterProblem)) throw error;
		fail(error.summary);
	}
}
