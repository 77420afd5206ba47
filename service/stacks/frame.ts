/** What is known of one address of a stack; empty and 0 where nothing is. */
export interface Frame {
	readonly symbol: string;
	readonly symbolOffset: bigint;
	readonly module: string;
	readonly fileOffset: bigint;
}

export const UNKNOWN_FRAME: Frame = { symbol: '', symbolOffset: 0n, module: '', fileOffset: 0n };
