/** What readers are not told of processes and stacks, because it is redacted for them. */
export interface Withheld {
	readonly arguments: boolean;
	/** Of executables, and of files in the memory of processes. */
	readonly paths: boolean;
}

/** All is told. */
export const NOTHING_WITHHELD: Withheld = { arguments: false, paths: false };
