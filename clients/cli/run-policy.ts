import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity } from '../../service/auth/identity.js';
import { createCatalog } from '../../service/catalog/catalog.js';
import { localFeatures } from '../../service/catalog/features.js';
import { BUILT_IN_ROLES } from '../../service/policy/built-in-roles.js';
import { checkPolicy } from '../../service/policy/check-policy.js';
import { defaultPolicy } from '../../service/policy/default-policy.js';
import { explainAccess } from '../../service/policy/explain.js';
import type { Policy } from '../../service/policy/policy.js';
import { parsePolicy } from '../../service/policy/policy-file.js';
import { policyJsonSchema } from '../../service/policy/schema.js';
import { CliError } from './cli-error.js';
import { escapeControls } from './escape.js';
import { createOutput } from './output.js';
import type { ExplainOptions } from './policy.js';

/** `sonde policy check`. */
export async function runPolicyCheck(file: string): Promise<void> {
	const { roles, grants } = await readPolicy(file);
	const anyone = grants.some((grant) => grant.roles.some(({ name }) => name === 'admin'))
		? ''
		: 'note: nobody is admin; whoever can write this file can change that\n';
	const own = roles.length - BUILT_IN_ROLES.length;
	await print(`${file}: right; ${own} roles of its own, ${grants.length} entries for principals\n${anyone}`);
}

/** `sonde policy explain`. */
export async function runPolicyExplain({
	policy,
	state,
	as,
	probe,
	issuer,
	claim,
}: ExplainOptions): Promise<void> {
	const found = policy === undefined ? defaultPolicy(nodeIdIn(state)) : await readPolicy(policy);
	const lines = explainAccess(found, identityOf(as, issuer, claim), probe);
	const width = (key: 'subject' | 'answer') => Math.max(...lines.map((line) => line[key].length));
	const [subjects, answers] = [width('subject'), Math.min(60, width('answer'))];
	await print(
		lines
			.map(({ subject, answer, because }) =>
				escapeControls(`${subject.padEnd(subjects)}  ${answer.padEnd(answers)}  ${because}`),
			)
			.map((line) => `${line}\n`)
			.join(''),
	);
}

/** `sonde policy schema`. */
export async function runPolicySchema(): Promise<void> {
	await print(`${JSON.stringify(policyJsonSchema(), undefined, '\t')}\n`);
}

async function readPolicy(file: string): Promise<Policy> {
	const policy = parsePolicy(readText(file), file);
	await checkPolicy(policy, createCatalog(localFeatures()));
	return policy;
}

function nodeIdIn(state: string): string {
	return readText(join(state, 'node-id')).trim();
}

function readText(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch (error) {
		throw new CliError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
	}
}

/** As it would be if the name had been proved. */
function identityOf(name: string, issuer: string | undefined, claims: readonly string[]): Identity {
	if (issuer !== undefined || claims.length > 0) return tokenOf(name, issuer, claims);
	const kind = name === 'anonymous' ? 'anonymous' : name.startsWith('unix:') ? 'unix' : 'certificate';
	return { name, kind, validUntil: undefined, claims: {} };
}

function tokenOf(name: string, iss: string | undefined, texts: readonly string[]): Identity {
	if (iss === undefined)
		throw new CliError('--claim needs --issuer: claims of different issuers are different things');
	const claims: Record<string, unknown> = { iss };
	for (const text of texts) {
		const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
		if (key === undefined) throw new CliError(`--claim is "${text}", must be NAME=VALUE`);
		const before = Object.hasOwn(claims, key) ? [claims[key]].flat() : [];
		claims[key] = [...before, value, ...scalarOf(value)];
	}
	return { name, kind: 'token', validUntil: undefined, claims };
}

/** A number or a boolean is one to policies too: a token may have either, and what is written here is all text. */
function scalarOf(text = ''): (number | boolean)[] {
	if (text === 'true' || text === 'false') return [text === 'true'];
	const number = Number(text);
	return text.trim() !== '' && String(number) === text ? [number] : [];
}

async function print(text: string): Promise<void> {
	await createOutput(process.stdout).write(text);
}
