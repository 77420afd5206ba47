import type { Identity } from '../auth/identity.js';
import { formatNs } from '../duration.js';
import { type Policy, rolesOf } from './policy.js';
import { allowing, type Role } from './role.js';
import { KNOWN_RPCS } from './rpcs.js';

/** One answer, and where in the policy it comes from. */
export interface Explanation {
	readonly subject: string;
	readonly answer: string;
	readonly because: string;
}

/**
 * What someone may do, and why.
 *
 * @param probe undefined: of no probe.
 */
export function explainAccess(policy: Policy, identity: Identity, probe?: string): Explanation[] {
	const granted = policy.grants.filter(({ matches }) => matches(identity));
	const roles = rolesOf(policy, identity);
	const lines: Explanation[] = granted.map(({ roles: given, text, place }) => ({
		subject: 'roles',
		answer: given.map(({ name }) => name).join(', '),
		because: place === text ? place : `${place}: ${text}`,
	}));
	if (roles.length === 0) {
		lines.push({
			subject: 'roles',
			answer: 'none',
			because: `nothing in ${policy.source} names ${identity.name}`,
		});
	}
	for (const rpc of KNOWN_RPCS) lines.push(explainRpc(rpc, roles));
	if (probe !== undefined) lines.push(...explainProbe(probe, roles));
	return lines;
}

function explainRpc(rpc: string, roles: readonly Role[]): Explanation {
	for (const role of roles) {
		const pattern = allowing(role.rpcs, rpc);
		if (pattern !== undefined)
			return { subject: rpc, answer: 'allowed', because: `role ${role.name}, rpcs: ${pattern.text}` };
	}
	return { subject: rpc, answer: 'denied', because: 'no role allows it' };
}

/** As chooseRole decides for a trace of this one probe. */
function explainProbe(probe: string, roles: readonly Role[]): Explanation[] {
	const role = roles.find(
		({ rpcs, probes }) =>
			allowing(rpcs, 'TraceService/StartTrace') !== undefined && allowing(probes, probe) !== undefined,
	);
	if (role === undefined) {
		return [{ subject: probe, answer: 'denied', because: 'no role with StartTrace allows this probe' }];
	}
	const by = `role ${role.name}`;
	const pattern = allowing(role.probes, probe)?.text ?? '';
	const lines: Explanation[] = [{ subject: probe, answer: 'allowed', because: `${by}, probes: ${pattern}` }];
	const say = (subject: string, answer: string) => lines.push({ subject, answer, because: by });
	say('mandatory filter', role.filter || 'none');
	say('redacted', role.redact.join(', ') || 'nothing');
	say("others' traces", { own: 'not shown', visible: 'shown', all: 'used as their own' }[role.traces]);
	for (const [kind, values] of [
		['limit', role.limits],
		['quota', role.quotas],
	] as const) {
		for (const [name, value] of Object.entries(values)) {
			if (value !== undefined) say(`${kind} ${asInFiles(name)}`, formatValue(value));
		}
	}
	return lines;
}

function asInFiles(name: string): string {
	return name.replace(/Ns$/, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function formatValue(value: number | bigint): string {
	return typeof value === 'bigint' ? formatNs(value) : value.toLocaleString('en-US');
}
