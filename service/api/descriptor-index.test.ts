import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { PACKAGE_ROOT } from '../paths.js';
import { createDescriptorIndex } from './descriptor-index.js';
import { splitDescriptorSet } from './descriptor-set.js';

const files = splitDescriptorSet(readFileSync(join(PACKAGE_ROOT, 'service/gen/descriptors.binpb')));
const index = createDescriptorIndex(files);

function namesOf(found: Uint8Array[] | undefined): string[] {
	return (found ?? []).map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
}

test('an index does not know what is not there', () => {
	assert.equal(index.fileByName('sonde/v1/none.proto'), undefined);
	assert.equal(index.fileContainingSymbol('sonde.v1.None'), undefined);
	assert.equal(index.fileContainingSymbol(''), undefined);
	assert.equal(index.fileContainingExtension('google.protobuf.MessageOptions', 1), undefined);
	assert.equal(index.extensionNumbersOf('sonde.v1.None'), undefined);
	assert.deepEqual(createDescriptorIndex([]).services, []);
});

test('fileByName gives the very bytes of the file, and its imports', () => {
	const found = index.fileByName('sonde/v1/probe_file_open.proto');
	const imports = [
		'sonde/v1/probe_file_open.proto',
		'sonde/v1/options.proto',
		'google/protobuf/descriptor.proto',
	];
	assert.deepEqual(namesOf(found).sort(), imports.sort());
	assert.equal(
		namesOf(found)[0],
		imports.find((name) => name.endsWith('file_open.proto')),
	);
	for (const bytes of found ?? []) assert.ok(files.includes(bytes));
});

test('fileContainingSymbol finds every kind of symbol', () => {
	const symbols = {
		'sonde.v1.TraceService': 'sonde/v1/trace_service.proto',
		'.sonde.v1.TraceService.StartTrace': 'sonde/v1/trace_service.proto',
		'sonde.v1.Event': 'sonde/v1/event.proto',
		'sonde.v1.Event.cpu': 'sonde/v1/event.proto',
		'sonde.v1.Event.payload': 'sonde/v1/event.proto',
		'sonde.v1.CostClass': 'sonde/v1/options.proto',
		'sonde.v1.COST_CLASS_LOW': 'sonde/v1/options.proto',
		'sonde.v1.probe': 'sonde/v1/options.proto',
		'google.protobuf.FieldDescriptorProto.Type': 'google/protobuf/descriptor.proto',
		'google.protobuf.FieldDescriptorProto.TYPE_INT32': 'google/protobuf/descriptor.proto',
	};
	for (const [symbol, file] of Object.entries(symbols)) {
		assert.equal(namesOf(index.fileContainingSymbol(symbol))[0], file, symbol);
	}
});

test('extensions are found by the type they extend', () => {
	assert.equal(
		namesOf(index.fileContainingExtension('google.protobuf.MessageOptions', 50_717))[0],
		'sonde/v1/options.proto',
	);
	assert.deepEqual(index.extensionNumbersOf('google.protobuf.MessageOptions'), [50_717]);
	assert.deepEqual(index.extensionNumbersOf('sonde.v1.Event'), []);
});
