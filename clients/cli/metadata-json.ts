import { type JsonValue, toJson } from '@bufbuild/protobuf';
import {
	CgroupRecordSchema,
	type EventMetadata,
	MetadataRecordSchema,
	UserRecordSchema,
} from '../typescript/index.js';

/** Who an event is about, in protobuf's canonical JSON; what is not known is left out. undefined: nothing is known. */
export function metadataJson({ process, cgroup, user }: EventMetadata): JsonValue | undefined {
	if (process === undefined && cgroup === undefined && user === undefined) return undefined;
	return {
		...(process && { process: toJson(MetadataRecordSchema, process) }),
		...(cgroup && { cgroup: toJson(CgroupRecordSchema, cgroup) }),
		...(user && { user: toJson(UserRecordSchema, user) }),
	};
}
