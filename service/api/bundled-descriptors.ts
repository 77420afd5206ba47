import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { type DescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { protoPath } from 'grpc-health-check';

/** A service whose proto file comes with a package of grpc-js. */
export interface BundledService {
	readonly definition: ServiceDefinition;
	/** Encoded FileDescriptorProto under the name that other languages know the file by. */
	readonly file: Uint8Array;
}

const require = createRequire(import.meta.url);

/** Loads grpc.reflection.v1 or its older name, which many clients still ask for. */
export function loadReflectionService(version: 'v1' | 'v1alpha'): BundledService {
	const root = join(dirname(require.resolve('@grpc/reflection/package.json')), 'build/proto');
	const name = `grpc/reflection/${version}/reflection.proto`;
	return loadService(join(root, name), `grpc.reflection.${version}.ServerReflection`, name);
}

/** Loads grpc.health.v1. */
export function loadHealthService(): BundledService {
	return loadService(protoPath, 'grpc.health.v1.Health', 'grpc/health/v1/health.proto');
}

function loadService(path: string, service: string, name: string): BundledService {
	const definition = loadDefinition(path, service, false);
	// proto-loader renames the fields of the descriptor too, unless told not to.
	const file = Object.values(loadDefinition(path, service, true))
		.flatMap(({ requestType }) => requestType.fileDescriptorProtos)
		.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes))
		.find((candidate) => service.startsWith(`${candidate.package}.`));
	if (file === undefined) throw new Error(`${path} has no descriptor`);
	// Made up from the package. Decoding and encoding is safe here: these files have no custom options to lose.
	file.name = name;
	for (const message of file.messageType) nameMapEntries(message);
	return { definition, file: toBinary(FileDescriptorProtoSchema, file) };
}

function loadDefinition(path: string, service: string, keepCase: boolean): ServiceDefinition {
	const loaded = loadSync(path, { keepCase, longs: Number, defaults: true, oneofs: true })[service];
	if (loaded === undefined || 'format' in loaded) throw new Error(`${path} defines no service ${service}`);
	return loaded as ServiceDefinition;
}

/** protobufjs names the entry of a map `statuses` "Statuses"; Go refuses anything but "StatusesEntry". */
function nameMapEntries(message: DescriptorProto): void {
	for (const nested of message.nestedType) {
		if (!nested.options?.mapEntry) continue;
		const name = `${nested.name}Entry`;
		for (const field of message.field) if (field.typeName === nested.name) field.typeName = name;
		nested.name = name;
	}
}
