import { parseDocument } from 'yaml';
import { z } from 'zod';
import { durationText } from '../config/duration-text.js';
import { describeIssue } from '../config/issue.js';
import { BUILT_IN_ROLES } from './built-in-roles.js';
import { parsePattern } from './pattern.js';
import { byName, bySpiffe, byToken, type Policy, type RoleGrant } from './policy.js';
import { PolicyError } from './policy-error.js';
import type { Role } from './role.js';

/** Longest policy, bytes. */
const MAX_POLICY_BYTES = 1024 * 1024;
const MIB = 1024 * 1024;

const patterns = z.array(z.string().min(1).max(256)).max(256);
const bytes = z
	.number()
	.int()
	.min(64 * 1024)
	.max(2 ** 40);
const count = (max: number) => z.number().int().min(1).max(max);
const eventsPerSecond = count(10_000_000);

const roleSchema = z.strictObject({
	description: z.string().max(1024).optional().describe('For people.'),
	rpcs: patterns.describe('Calls that are allowed, as SERVICE/METHOD; * is any characters but "/", ** any.'),
	probes: patterns.default([]).describe('Probes that traces may use; * is any characters but "/".'),
	filter: z
		.string()
		.max(65_536)
		.default('')
		.describe(
			'CEL over the common context; every event of every trace of the role passes it, in the kernel.',
		),
	redact: z
		.array(z.string().min(1).max(256))
		.max(256)
		.default([])
		.describe(
			'Classes of fields ("arguments", "paths", …) or fields (PROBE.FIELD) that are blank in every event.',
		),
	traces: z
		.enum(['own', 'visible', 'all'])
		.default('own')
		.describe("Others' traces: not shown, shown, or used as one's own."),
	limits: z
		.strictObject({
			events_per_second: eventsPerSecond,
			cpu_budget_permille: count(1_000),
			retention_bytes: bytes.min(MIB),
			ring_bytes: bytes,
			max_duration: durationText,
			lease: durationText,
		})
		.partial()
		.default({})
		.describe('Of each trace, at most.'),
	quotas: z
		.strictObject({
			traces: count(1_000),
			streams: count(100_000),
			events_per_second: count(1_000_000_000),
			cpu_budget_permille: count(1_000_000),
			retention_bytes: bytes.min(MIB),
			ring_bytes: bytes,
		})
		.partial()
		.default({})
		.describe('Of all traces and streams of one principal together, at most.'),
});

const claim = z.union([z.string(), z.number(), z.boolean()]);
const roles = z.array(z.string()).min(1).max(16).describe('The first one that allows a call is used.');
const principalSchema = z.union([
	z.strictObject({ name: z.string().min(1).max(2048).describe('Canonical name, with * and **.'), roles }),
	z.strictObject({
		spiffe: z
			.string()
			.max(2048)
			.regex(
				/^spiffe:\/\/[a-z0-9._-]+(\/[A-Za-z0-9._-]+)*\/?$/,
				'must be a SPIFFE id, or the beginning of some',
			)
			.describe('SPIFFE id; those below its path too.'),
		roles,
	}),
	z.strictObject({
		token: z.strictObject({
			issuer: z.string().min(1).max(2048),
			claims: z.record(z.string(), claim).default({}).describe('Claims: their value, or one in their list.'),
		}),
		roles,
	}),
]);

/** What a policy file holds. */
export const policySchema = z.strictObject({
	roles: z.record(z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/), roleSchema).default({}),
	principals: z.array(principalSchema).max(10_000),
});

type PolicyDocument = z.output<typeof policySchema>;

/**
 * Reads a policy in YAML. Whether its probes, filters and fields exist is for check-policy.ts.
 *
 * @param source Its name, for messages.
 * @throws PolicyError.
 */
export function parsePolicy(text: string, source: string): Policy {
	if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
		throw new PolicyError(
			`${source}: has ${Buffer.byteLength(text)} bytes, must have at most ${MAX_POLICY_BYTES}`,
		);
	}
	const content = readYaml(text, source);
	const parsed = policySchema.safeParse(content);
	if (!parsed.success) throw new PolicyError(`${source}: ${describeIssue(parsed.error, content)}`);
	const own = Object.entries(parsed.data.roles).map(([name, role]) => createRole(name, role));
	for (const { name } of own) {
		if (BUILT_IN_ROLES.some((role) => role.name === name))
			throw new PolicyError(`${source}: roles.${name}: is a built-in role, must have another name`);
	}
	const all = [...BUILT_IN_ROLES, ...own];
	return {
		source,
		roles: all,
		grants: parsed.data.principals.map((principal, i) =>
			createGrant(principal, `principals[${i}]`, all, source),
		),
	};
}

function readYaml(text: string, source: string): unknown {
	// Few names for long lists: what stands for itself many times over is refused (maxAliasCount).
	const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
	const [error] = document.errors;
	if (error !== undefined) throw new PolicyError(`${source}: ${error.message.split('\n')[0]}`);
	try {
		return document.toJS({ maxAliasCount: 100 });
	} catch (cause) {
		throw new PolicyError(`${source}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
	}
}

function createRole(name: string, role: PolicyDocument['roles'][string]): Role {
	const { limits, quotas } = role;
	const compiled = (texts: readonly string[]) => texts.map((text) => ({ text, matches: parsePattern(text) }));
	return {
		name,
		rpcs: compiled(role.rpcs),
		probes: compiled(role.probes),
		filter: role.filter,
		redact: role.redact,
		traces: role.traces,
		limits: {
			eventsPerSecond: limits.events_per_second,
			cpuBudgetPermille: limits.cpu_budget_permille,
			retentionBytes: limits.retention_bytes,
			ringBytes: limits.ring_bytes,
			maxDurationNs: limits.max_duration,
			leaseNs: limits.lease,
		},
		quotas: {
			traces: quotas.traces,
			streams: quotas.streams,
			eventsPerSecond: quotas.events_per_second,
			cpuBudgetPermille: quotas.cpu_budget_permille,
			retentionBytes: quotas.retention_bytes,
			ringBytes: quotas.ring_bytes,
		},
	};
}

function createGrant(
	principal: PolicyDocument['principals'][number],
	place: string,
	all: readonly Role[],
	source: string,
): RoleGrant {
	const found = principal.roles.map((wanted, i) => {
		const role = all.find(({ name }) => name === wanted);
		if (role !== undefined) return role;
		const names = all.map(({ name }) => name).join(', ');
		throw new PolicyError(`${source}: ${place}.roles[${i}] is "${wanted}", must be one of ${names}`);
	});
	if ('name' in principal) {
		const { name } = principal;
		return { place, text: name, matches: byName(parsePattern(name)), roles: found };
	}
	if ('spiffe' in principal) {
		return {
			place,
			text: `${principal.spiffe} and below`,
			matches: bySpiffe(principal.spiffe),
			roles: found,
		};
	}
	const { issuer, claims } = principal.token;
	const conditions = Object.entries(claims).map(([name, value]) => `${name}=${value}`);
	const text = `tokens of ${issuer}${conditions.length === 0 ? '' : ` with ${conditions.join(', ')}`}`;
	return { place, text, matches: byToken(issuer, claims), roles: found };
}
