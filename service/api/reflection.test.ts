import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Client, credentials, Metadata, status } from '@grpc/grpc-js';
import { startTestNode } from '../auth/connections/test-node.js';
import { createDescriptorIndex } from './descriptor-index.js';
import { splitDescriptorSet } from './descriptor-set.js';
import { addReflection, answer, type ReflectionAnswer, type ReflectionRequest } from './reflection.js';
import { loadReflectionDefinition } from './reflection-definition.js';
import { readServedDescriptors } from './served-descriptors.js';

const descriptorSet = readServedDescriptors();
const index = createDescriptorIndex(splitDescriptorSet(descriptorSet));

test('answer says what there is none of', () => {
	const questions: [ReflectionRequest, string][] = [
		[{ messageRequest: 'fileByFilename', fileByFilename: 'a\nb' }, 'there is no file "a\\nb"'],
		[{ messageRequest: 'fileContainingSymbol', fileContainingSymbol: 'a.B' }, 'there is no symbol "a.B"'],
		[
			{
				messageRequest: 'fileContainingExtension',
				fileContainingExtension: { containingType: 'a.B', extensionNumber: 7 },
			},
			'"a.B" has no extension 7',
		],
		[
			{ messageRequest: 'allExtensionNumbersOfType', allExtensionNumbersOfType: 'a.B' },
			'there is no message "a.B"',
		],
	];
	for (const [request, errorMessage] of questions) {
		assert.deepEqual(answer(index, request), {
			errorResponse: { errorCode: status.NOT_FOUND, errorMessage },
		});
	}
	assert.deepEqual(answer(index, {}), {
		errorResponse: {
			errorCode: status.INVALID_ARGUMENT,
			errorMessage: 'the request asks for nothing this service knows',
		},
	});
});

for (const version of ['v1', 'v1alpha'] as const) {
	test(`reflection ${version} answers over the wire`, async (t) => {
		const { port, identities, admin } = await startTestNode(t, {
			addServices: (server) => addReflection(server, { descriptorSet }),
		});
		const channel = credentials.createSsl(
			Buffer.from(identities.ca),
			Buffer.from(admin.key),
			Buffer.from(admin.cert),
		);
		const client = new Client(`localhost:${port}`, channel);
		t.after(() => client.close());
		const method = loadReflectionDefinition(version).ServerReflectionInfo;
		assert.ok(method !== undefined);
		const call = client.makeBidiStreamRequest<object, ReflectionAnswer>(
			method.path,
			method.requestSerialize,
			// What proto-loader decodes has the shape of what it encodes.
			(bytes) => method.responseDeserialize(bytes) as ReflectionAnswer,
			new Metadata(),
		);
		call.write({ listServices: '' });
		call.write({ fileContainingSymbol: 'sonde.v1.Event.cpu' });
		call.write({ fileContainingSymbol: 'google.rpc.BadRequest' });
		call.write({ fileContainingSymbol: 'grpc.health.v1.Health.Watch' });
		call.write({ fileByFilename: `grpc/reflection/${version}/reflection.proto` });
		call.write({ fileByFilename: 'none' });
		call.end();
		const answers: ReflectionAnswer[] = [];
		for await (const response of call) answers.push(response);

		const [services, event, details, health, reflection, none] = answers;
		assert.ok(services !== undefined && 'listServicesResponse' in services);
		assert.deepEqual(
			services.listServicesResponse.service.map(({ name }) => name),
			[
				'grpc.health.v1.Health',
				'grpc.reflection.v1.ServerReflection',
				'grpc.reflection.v1alpha.ServerReflection',
				'sonde.v1.NodeService',
				'sonde.v1.TraceService',
			],
		);
		assert.ok(event !== undefined && 'fileDescriptorResponse' in event);
		const [bytes] = event.fileDescriptorResponse.fileDescriptorProto;
		const wanted = index.fileByName('sonde/v1/event.proto')?.[0];
		assert.deepEqual(Buffer.from(bytes ?? []), Buffer.from(wanted ?? []));
		assert.deepEqual(namesOf(details), ['google/rpc/error_details.proto', 'google/protobuf/duration.proto']);
		assert.deepEqual(namesOf(health), ['grpc/health/v1/health.proto']);
		assert.deepEqual(namesOf(reflection), [`grpc/reflection/${version}/reflection.proto`]);
		assert.ok(none !== undefined && 'errorResponse' in none);
		assert.deepEqual(none.errorResponse, {
			errorCode: status.NOT_FOUND,
			errorMessage: 'there is no file "none"',
		});
	});
}

function namesOf(response: ReflectionAnswer | undefined): string[] {
	assert.ok(response !== undefined && 'fileDescriptorResponse' in response);
	return response.fileDescriptorResponse.fileDescriptorProto.map(
		(bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name,
	);
}
