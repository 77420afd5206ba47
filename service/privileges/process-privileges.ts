import { readFileSync } from 'node:fs';

/** The capabilities of a thread, as sets of bits (include/uapi/linux/capability.h). Source: capabilities(7). */
export interface ProcessPrivileges {
	readonly inheritable: bigint;
	readonly permitted: bigint;
	readonly effective: bigint;
	/** What programs that it runs can have at most. */
	readonly bounding: bigint;
	/** What ordinary users keep in execve. */
	readonly ambient: bigint;
	/** No program that it runs can have more. */
	readonly noNewPrivileges: boolean;
}

/** Of this thread, which is like all others of its process but for a moment in restartWith (native.ts). */
export function ownPrivileges(): ProcessPrivileges {
	return parsePrivileges(readFileSync('/proc/self/status', 'utf8'));
}

/** What /proc/PID/status, or that of a thread, says. @throws Error when it does not. */
export function parsePrivileges(status: string): ProcessPrivileges {
	const read = (name: string) => {
		const [, value] = new RegExp(`^${name}:\\s*([0-9a-f]+)$`, 'm').exec(status) ?? [];
		if (value === undefined) throw new Error(`the status of this process in /proc has no ${name}`);
		return BigInt(`0x${value}`);
	};
	return {
		inheritable: read('CapInh'),
		permitted: read('CapPrm'),
		effective: read('CapEff'),
		bounding: read('CapBnd'),
		ambient: read('CapAmb'),
		noNewPrivileges: read('NoNewPrivs') === 1n,
	};
}
