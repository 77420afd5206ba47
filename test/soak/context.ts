import type { Checks } from './checks.js';
import type { SoakNode } from './node.js';
import type { Tally } from './tally.js';

/** What all parts of a soak share. */
export interface SoakContext {
	readonly node: SoakNode;
	readonly checks: Checks;
	readonly tally: Tally;
	readonly cpus: number;
	/** The run was interrupted: what fails from now on says nothing. */
	readonly signal: AbortSignal;
}
