import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Number of `repeated FileDescriptorProto file` in google.protobuf.FileDescriptorSet. */
const FILE_FIELD = 1;

/**
 * Cuts an encoded google.protobuf.FileDescriptorSet into its files. They are the bytes that buf wrote, because decoding
 * and encoding again loses custom options in most libraries.
 */
export function splitDescriptorSet(descriptorSet: Uint8Array): Uint8Array[] {
	const reader = new BinaryReader(descriptorSet);
	const files: Uint8Array[] = [];
	while (reader.pos < reader.len) {
		const [field, wireType] = reader.tag();
		if (field === FILE_FIELD && wireType === WireType.LengthDelimited) files.push(reader.bytes());
		else reader.skip(wireType, field);
	}
	return files;
}
