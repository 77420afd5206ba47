import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const DIST = new URL('../../', import.meta.url);

/** As the compiler writes it, on one line. */
const STATIC_IMPORT = /^(?:import|export)(?: .* from)? ['"](.+)['"];$/gm;

/** Own files, by path from dist, and packages that are loaded with a compiled file. */
function loadedWith(file: string): { readonly files: string[]; readonly packages: string[] } {
	const files = new Set([file]);
	const packages = new Set<string>();
	// A set hands out what is added while it is walked.
	for (const next of files) {
		for (const [, name = ''] of readFileSync(new URL(next, DIST), 'utf8').matchAll(STATIC_IMPORT)) {
			if (name.startsWith('.')) files.add(join(dirname(next), name));
			else if (!name.startsWith('node:')) packages.add(name);
		}
	}
	return { files: [...files], packages: [...packages].sort() };
}

test('the command line alone loads nothing but its definition', () => {
	const { files, packages } = loadedWith('clients/cli/main.js');
	const others = files.filter((name) => !name.startsWith('clients/cli/'));
	assert.deepEqual(others, ['clients/typescript/address.js', 'clients/typescript/node-address.js']);
	assert.deepEqual(packages, ['commander']);
});

test('a node loads no package that it can start without', () => {
	const { files, packages } = loadedWith('service/main.js');
	assert.ok(files.every((name) => name.startsWith('service/')));
	assert.deepEqual(packages, [
		'@bufbuild/protobuf/wire',
		'@grpc/grpc-js',
		'@grpc/proto-loader',
		'grpc-health-check',
		'nice-grpc-error-details/lib/proto/google/rpc/error_details.js',
		'nice-grpc-error-details/lib/proto/google/rpc/status.js',
		'pino',
	]);
});
