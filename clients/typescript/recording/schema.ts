import { create, type DescFile, toBinary } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { file_sonde_v1_recording } from '../gen/sonde/v1/recording_pb.js';
import { file_sonde_v1_trace_service } from '../gen/sonde/v1/trace_service_pb.js';

/**
 * All that is needed to decode a recording, as an encoded google.protobuf.FileDescriptorSet: each file after those that
 * it imports.
 */
export function contractDescriptors(): Uint8Array<ArrayBuffer> {
	const files = new Map<string, FileDescriptorProto>();
	const add = ({ name, dependencies, proto }: DescFile) => {
		if (files.has(name)) return;
		for (const dependency of dependencies) add(dependency);
		files.set(name, proto);
	};
	add(file_sonde_v1_recording);
	add(file_sonde_v1_trace_service);
	return toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [...files.values()] }));
}
