import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { loadHealthService, loadReflectionService } from './bundled-descriptors.js';

test('loadHealthService names files and map entries as other languages expect them', () => {
	const file = fromBinary(FileDescriptorProtoSchema, loadHealthService().file);
	assert.equal(file.name, 'grpc/health/v1/health.proto');
	const response = file.messageType.find(({ name }) => name === 'HealthListResponse');
	assert.equal(response?.field[0]?.typeName, 'StatusesEntry');
	assert.equal(response?.nestedType[0]?.name, 'StatusesEntry');
});

test('loadReflectionService keeps the names of fields', () => {
	for (const version of ['v1', 'v1alpha'] as const) {
		const file = fromBinary(FileDescriptorProtoSchema, loadReflectionService(version).file);
		assert.equal(file.name, `grpc/reflection/${version}/reflection.proto`);
		const request = file.messageType.find(({ name }) => name === 'ServerReflectionRequest');
		assert.ok(request?.field.some(({ name }) => name === 'file_by_filename'));
	}
});
