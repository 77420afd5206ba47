/** Calls at the same time on one connection; gRPC's clients let further ones wait. */
const MAX_STREAMS_PER_CONNECTION = 256;
/** 16 filters of 65,536 characters each, of up to four bytes. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024 + 65_536;

/** What grpc-js holds each call to. Headers are held to Node's 64 KiB for all of them together. */
export const CALL_LIMITS = {
	'grpc.max_concurrent_streams': MAX_STREAMS_PER_CONNECTION,
	'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
};
