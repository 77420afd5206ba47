// Joins contract and BPF objects into the catalogue. Run by build.sh with a descriptor set (with source information)
// on standard input; a mismatch ends the build.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadNative } from '../../native.js';
import { CATALOG_FILE, readObject } from '../entry.js';
import { readContract } from './contract.js';
import { entryFromContract } from './entry-from-contract.js';
import { checkOptionLines } from './options.js';
import { JoinError } from './plan.js';

try {
	const contract = readContract(readFileSync(0));
	checkOptionLines(contract);
	const native = loadNative();
	const entries = contract.payloads.map((payload) =>
		entryFromContract(native, contract, payload, readObject),
	);
	entries.sort((a, b) => (a.id < b.id ? -1 : 1));
	mkdirSync(dirname(CATALOG_FILE), { recursive: true });
	writeFileSync(CATALOG_FILE, `${JSON.stringify(entries, null, '\t')}\n`);
} catch (error) {
	if (!(error instanceof JoinError)) throw error;
	process.stderr.write(`contract and BPF programs do not fit: ${error.message}\n`);
	process.exitCode = 1;
}
