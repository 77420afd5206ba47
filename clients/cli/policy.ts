import { type Command, Option } from 'commander';
import { DEFAULT_STATE } from './serve-options.js';

/** Options of `sonde policy explain`. */
export interface ExplainOptions {
	readonly policy?: string;
	readonly state: string;
	readonly as: string;
	readonly probe?: string;
	readonly issuer?: string;
	/** NAME=VALUE. */
	readonly claim: readonly string[];
}

const HELP = `
A policy gives roles to principals; whoever is not named has none. Built-in roles: viewer, operator, admin.

Examples:
  sonde policy check policy.yaml
  sonde policy explain --policy policy.yaml --as spiffe://example.org/tenants/a/ci --probe file.open
  sonde policy explain --policy policy.yaml --as jwt --issuer https://issuer.example --claim groups=sre
  sonde policy schema > policy.schema.json     for editors`;

/** Adds `sonde policy check`, `explain` and `schema`. */
export function addPolicy(program: Command): void {
	const policy = program
		.command('policy')
		.summary('check a policy, or ask what someone may do')
		.description('Works on files; no node is called. A node takes its policy by serve --policy.')
		.helpCommand(false)
		.addHelpText('after', HELP);
	policy
		.command('check')
		.summary('says whether a policy is right')
		.description('Reads a policy as a node would, and says what is wrong with it.')
		.argument('<file>', 'the policy, in YAML')
		.action(async (file: string) => {
			const { runPolicyCheck } = await import('./run-policy.js');
			await runPolicyCheck(file);
		});
	policy
		.command('explain')
		.summary('says what someone may do, and why')
		.description('Says what a principal may do, and which line of the policy is the reason.')
		.requiredOption(
			'--as <name>',
			'canonical name of the principal, as "owner" of traces shows it; jwt: a token',
		)
		.option('--probe <id>', 'and whether they may use this probe, and how')
		.option('--policy <file>', 'the policy, in YAML; default: the default policy of the node in --state')
		.addOption(
			new Option('--state <dir>', 'state directory of the node, for its default policy').default(
				DEFAULT_STATE,
			),
		)
		.option('--issuer <text>', 'who issued the token')
		.addOption(
			new Option(
				'--claim <name=value>',
				'what the token says; may be given often; a value that is given twice is a list',
			)
				.argParser((text: string, before: readonly string[]) => [...before, text])
				.default([]),
		)
		.action(async (options: ExplainOptions) => {
			const { runPolicyExplain } = await import('./run-policy.js');
			await runPolicyExplain(options);
		});
	policy
		.command('schema')
		.summary('prints the JSON schema of policies')
		.description('Prints the JSON schema of policies.')
		.action(async () => {
			const { runPolicySchema } = await import('./run-policy.js');
			await runPolicySchema();
		});
}
