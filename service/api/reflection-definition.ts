import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';

const require = createRequire(import.meta.url);

/** Loads grpc.reflection.v1 or its older name, which many clients still ask for, from the package of grpc-js. */
export function loadReflectionDefinition(version: 'v1' | 'v1alpha'): ServiceDefinition {
	const root = join(dirname(require.resolve('@grpc/reflection/package.json')), 'build/proto');
	const path = join(root, `grpc/reflection/${version}/reflection.proto`);
	const service = `grpc.reflection.${version}.ServerReflection`;
	const loaded = loadSync(path, { longs: Number, defaults: true, oneofs: true })[service];
	if (loaded === undefined || 'format' in loaded) throw new Error(`${path} defines no service ${service}`);
	return loaded as ServiceDefinition;
}
