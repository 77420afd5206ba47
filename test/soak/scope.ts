import type { Hooks } from '../e2e/child.js';

/** A part of a run that undoes what it did when it is over, the last first. */
export interface Scope extends Hooks {
	close(): Promise<void>;
}

/** Runs a part; what it started has ended when this resolves or rejects. */
export async function inScope<T>(part: (scope: Hooks) => Promise<T>): Promise<T> {
	const scope = createScope();
	try {
		return await part(scope);
	} finally {
		await scope.close();
	}
}

/** One that is closed by hand. */
export function createScope(): Scope {
	const hooks: (() => unknown)[] = [];
	return {
		after: (hook) => hooks.push(hook),
		async close() {
			for (let hook = hooks.pop(); hook !== undefined; hook = hooks.pop()) await hook();
		},
	};
}
