// Files that traced processes map: any is read without an error, and the names in it have a bounded length. The last byte
// also says where in the file.
import { readElfSymbols } from '../../../service/stacks/elf-symbols.js';
import { createScratchFile } from './file.js';

const MOST_NAME_BYTES = 1_024;
const PLACES = [0n, 1n, 0x40n, 0xb4n, 0x1000n, 0x1004n, 2n ** 63n, 2n ** 64n - 1n];

const file = createScratchFile();

export function fuzz(data: Buffer): void {
	const place = data.at(-1) ?? 0;
	file.put(data);
	const symbols = readElfSymbols(file.path);
	for (const at of [...PLACES, BigInt(place) * 16n]) {
		const found = symbols.find(at);
		if (found === undefined) continue;
		if (found.name.length > MOST_NAME_BYTES) throw new Error(`a name of ${found.name.length} characters`);
		if (found.offset < 0n || found.offset >= 2n ** 64n) throw new Error(`an offset of ${found.offset}`);
	}
}
