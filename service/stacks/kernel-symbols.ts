import { readFileSync } from 'node:fs';
import type { Frame } from './frame.js';

/** The kernel's functions by their addresses. */
export interface KernelSymbols {
	/** undefined: no function is known there. */
	find(address: bigint): Frame | undefined;
}

let shared: WeakRef<KernelSymbols> | undefined;

/** Those that some other trace has, or /proc/kallsyms anew: modules come and go, but seldom. */
export function kernelSymbols(): KernelSymbols {
	const known = shared?.deref();
	if (known !== undefined) return known;
	const read = readKernelSymbols();
	shared = new WeakRef(read);
	return read;
}

/** Without CAP_SYSLOG the kernel gives zeros for addresses, and nothing is found. */
function readKernelSymbols(): KernelSymbols {
	const lines = readText().split('\n');
	const entries: { address: bigint; line: number }[] = [];
	for (const [line, text] of lines.entries()) {
		// "address type name\t[module]"; t, T, w and W are functions.
		if (!/^[tTwW]$/.test(text.charAt(ADDRESS_DIGITS + 1))) continue;
		const address = BigInt(`0x${text.slice(0, ADDRESS_DIGITS)}`);
		if (address !== 0n) entries.push({ address, line });
	}
	entries.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
	const addresses = BigUint64Array.from(entries, ({ address }) => address);
	const names = entries.map(({ line }) => (lines[line] ?? '').slice(ADDRESS_DIGITS + 3));
	return {
		find(address) {
			const index = lastAtMost(addresses, address);
			const start = addresses[index];
			const [symbol, module = ''] = (names[index] ?? '').split('\t');
			if (start === undefined || symbol === undefined) return undefined;
			return {
				symbol,
				symbolOffset: address - start,
				module: module.replace(/^\[|\]$/g, ''),
				fileOffset: 0n,
			};
		},
	};
}

/** Empty: this process may not read it, as a unit of systemd with ProtectKernelTunables. */
function readText(): string {
	try {
		return readFileSync('/proc/kallsyms', 'latin1');
	} catch {
		return '';
	}
}

const ADDRESS_DIGITS = 16;

/** Index of the last number that is not above; -1 if there is none. */
export function lastAtMost(sorted: BigUint64Array, value: bigint): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((sorted[middle] ?? 0n) <= value) low = middle + 1;
		else high = middle;
	}
	return low - 1;
}
