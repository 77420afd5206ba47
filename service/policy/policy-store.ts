import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { defaultPolicy } from './default-policy.js';
import type { Policy } from './policy.js';

/** The policy of a node, which can change while it runs. */
export interface PolicyStore {
	readonly current: Policy;
	/**
	 * Reads the file again. One that is not right leaves everything as it was.
	 *
	 * @returns whether the policy is another one now.
	 * @throws PolicyError, or another Error when the file cannot be read.
	 */
	reload(): Promise<boolean>;
}

interface PolicyStoreInit {
	/** Undefined: the default policy. */
	readonly file: string | undefined;
	readonly nodeId: string;
	/** Finds what a policy names and the node does not have. @throws PolicyError. */
	readonly check: (policy: Policy) => Promise<void>;
	readonly log: Logger;
}

/** Reads the policy for the first time. @throws as `reload`. */
export async function openPolicy({ file, nodeId, check, log }: PolicyStoreInit): Promise<PolicyStore> {
	let text: string | undefined;
	let current = defaultPolicy(nodeId);

	async function reload(): Promise<boolean> {
		if (file === undefined) return false;
		// The parser and its libraries are loaded only where there is a policy.
		const { parsePolicy } = await import('./policy-file.js');
		const next = readFileSync(file, 'utf8');
		if (next === text) return false;
		const policy = parsePolicy(next, file);
		await check(policy);
		text = next;
		current = policy;
		log.info(
			{ policy: file, roles: policy.roles.length, principals: policy.grants.length },
			'policy is in force',
		);
		return true;
	}

	await reload();
	return {
		get current() {
			return current;
		},
		reload,
	};
}
