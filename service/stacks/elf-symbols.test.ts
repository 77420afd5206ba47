import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { readElfSymbols } from './elf-symbols.js';

const directory = mkdtempSync(join(tmpdir(), 'sonde-elf-'));
after(() => rmSync(directory, { recursive: true }));

/** A program with a function of a known name. */
function compile(...flags: string[]): string {
	const [source, program] = [join(directory, 'x.c'), join(directory, `x${flags.length}`)];
	writeFileSync(
		source,
		'int known_function(int x) { return x + 1; } int main(void) { return known_function(0); }',
	);
	execFileSync('cc', ['-O0', '-rdynamic', '-o', program, source, ...flags]);
	return program;
}

/** Where a function begins in its file, by binutils. */
function placeOf(program: string, name: string): bigint {
	const symbols = execFileSync('nm', ['-D', program], { encoding: 'utf8' });
	const address = BigInt(`0x${new RegExp(`^([0-9a-f]+) T ${name}$`, 'm').exec(symbols)?.[1]}`);
	const headers = execFileSync('readelf', ['-lW', program], { encoding: 'utf8' });
	const [, offset, start] = /LOAD +(0x[0-9a-f]+) (0x[0-9a-f]+) \S+ \S+ \S+ R E/.exec(headers) ?? [];
	return address - BigInt(start ?? 0) + BigInt(offset ?? 0);
}

test('functions are found by their place in the file, also where only exported ones have names', () => {
	for (const program of [compile(), compile('-s')]) {
		const place = placeOf(program, 'known_function');
		const symbols = readElfSymbols(program);
		assert.deepEqual(symbols.find(place), { name: 'known_function', offset: 0n });
		assert.deepEqual(symbols.find(place + 3n), { name: 'known_function', offset: 3n });
		assert.equal(symbols.find(1n << 40n), undefined);
	}
});

test('what is no ELF file has no functions', () => {
	for (const path of ['/dev/zero', '/etc/hostname', '/no/such/file', directory, '/proc/self/mem']) {
		assert.equal(readElfSymbols(path).find(0x1000n), undefined, path);
	}
});

test('a FIFO is not waited for', () => {
	const path = join(directory, 'fifo');
	execFileSync('mkfifo', [path]);
	const module = JSON.stringify(new URL('./elf-symbols.js', import.meta.url).href);
	const program = `import { readElfSymbols } from ${module}; console.log(readElfSymbols(${JSON.stringify(path)}).find(1n));`;
	// Ended only where it waits for ever.
	const options = { encoding: 'utf8', timeout: 60_000 } as const;
	assert.equal(
		execFileSync(process.execPath, ['--input-type=module', '--eval', program], options),
		'undefined\n',
	);
});

test('a name has at most 1,024 bytes', () => {
	const [source, program] = [join(directory, 'long.c'), join(directory, 'long')];
	const name = 'x'.repeat(5_000);
	writeFileSync(source, `int ${name}(int x) { return x + 1; } int main(void) { return ${name}(0); }`);
	execFileSync('cc', ['-O0', '-rdynamic', '-o', program, source]);
	assert.deepEqual(readElfSymbols(program).find(placeOf(program, name)), {
		name: name.slice(0, 1_024),
		offset: 0n,
	});
});

test('a damaged file is read without harm', () => {
	const whole = readFileSync(compile());
	const path = join(directory, 'damaged');
	const damages = fc.array(fc.tuple(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 })), {
		maxLength: 20,
	});
	// The first KiB has the headers; the last two the table of sections.
	const near = fc.oneof(
		damages,
		damages.map((list) => list.map(([at, byte]) => [at % 1_024, byte] as const)),
	);
	fc.assert(
		fc.property(near, fc.nat({ max: whole.length }), (changes, length) => {
			const damaged = Buffer.from(whole);
			for (const [at, byte] of changes) damaged[at] = byte;
			writeFileSync(path, changes.length % 3 === 0 ? damaged.subarray(0, length) : damaged);
			const symbols = readElfSymbols(path);
			for (let place = 0n; place < 0x2000n; place += 0x333n) {
				const found = symbols.find(place);
				assert.ok(found === undefined || found.offset >= 0n);
			}
		}),
		{ numRuns: 500 },
	);
});
