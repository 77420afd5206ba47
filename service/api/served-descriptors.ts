import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../paths.js';

/**
 * Reads what reflection serves, as one encoded google.protobuf.FileDescriptorSet: the contract with all imports,
 * health and reflection itself, and google.rpc's error details, without which grpcurl shows why a call was refused as
 * base64.
 */
export function readServedDescriptors(): Uint8Array {
	// Sets concatenate, as all messages of protobuf do.
	return Buffer.concat(
		[
			'service/gen/descriptors.binpb',
			'service/api/gen/grpc-services.binpb',
			'service/api/gen/error-details.binpb',
		].map((path) => readFileSync(join(PACKAGE_ROOT, path))),
	);
}
