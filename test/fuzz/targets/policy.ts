// The policy: any text is refused in one line, or is a policy that says at once which roles a caller has.
import type { Identity } from '../../../service/auth/identity.js';
import { type Policy, rolesOf } from '../../../service/policy/policy.js';
import { PolicyError } from '../../../service/policy/policy-error.js';
import { parsePolicy } from '../../../service/policy/policy-file.js';

const SOURCE = 'policy.yaml';
/** Of a caller who knows what makes patterns slow. */
const CALLER: Identity = {
	name: `x509:CN=${'a-'.repeat(1_000)}`,
	kind: 'certificate',
	validUntil: undefined,
	claims: {},
};

export function fuzz(data: Buffer): void {
	const policy = parse(data.toString());
	if (policy === undefined) return;
	const known = new Set(policy.roles);
	for (const role of rolesOf(policy, CALLER))
		if (!known.has(role)) throw new Error(`a role from nowhere: ${role.name}`);
}

function parse(text: string): Policy | undefined {
	try {
		return parsePolicy(text, SOURCE);
	} catch (error) {
		if (!(error instanceof PolicyError) || !error.message.startsWith(`${SOURCE}: `)) throw error;
		if (/[\n\r\u2028\u2029]/.test(error.message)) throw new Error('more than a line', { cause: error });
		return undefined;
	}
}
