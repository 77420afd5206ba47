import assert from 'node:assert/strict';
import { test } from 'node:test';
import { status } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo } from 'nice-grpc-error-details/lib/proto/google/rpc/error_details.js';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status.js';
import { type FailedStatus, invalidField, ServiceError } from './error.js';

function detailsOf({ metadata }: FailedStatus) {
	const [encoded] = metadata.get('grpc-status-details-bin');
	assert.ok(Buffer.isBuffer(encoded));
	return Status.decode(encoded);
}

test('ServiceError.from hides what is no ServiceError and keeps it as the cause', () => {
	const cause = new TypeError('secret');
	const error = ServiceError.from(cause);
	assert.deepEqual([error.reason, error.message, error.cause], ['INTERNAL', 'internal error', cause]);
	assert.equal(JSON.stringify(detailsOf(error.toStatus())).includes('secret'), false);
	assert.equal(ServiceError.from(undefined).message, 'internal error');
});

test('ServiceError.from keeps a ServiceError', () => {
	const own = new ServiceError('TRACE_NOT_FOUND', 'there is no trace "x"');
	assert.equal(ServiceError.from(own), own);
});

test('ServiceError.toStatus cuts a long message', () => {
	const { details } = new ServiceError('ATTACH_FAILED', 'é'.repeat(5000)).toStatus();
	assert.equal(Buffer.byteLength(details), 1023);
	assert.ok(details.endsWith('é…'));
});

test('ServiceError.toStatus carries the code, the reason and the violations', () => {
	const sent = invalidField('limits.ring_bytes', 5, [65_536, 268_435_456]).toStatus();
	const message = 'limits.ring_bytes is 5, must be 65,536 to 268,435,456';
	assert.deepEqual([sent.code, sent.details], [status.INVALID_ARGUMENT, message]);
	const decoded = detailsOf(sent);
	assert.deepEqual([decoded.code, decoded.message], [status.INVALID_ARGUMENT, message]);
	const [info, bad] = decoded.details;
	assert.ok(info !== undefined && bad !== undefined);
	const { reason, domain } = ErrorInfo.decode(info.value);
	assert.deepEqual([reason, domain], ['INVALID_FIELD', 'sonde.v1']);
	const [violation] = BadRequest.decode(bad.value).fieldViolations;
	assert.deepEqual(
		[violation?.field, violation?.description],
		['limits.ring_bytes', 'is 5, must be 65,536 to 268,435,456'],
	);
});

test('invalidField quotes text and takes a limit in words', () => {
	assert.equal(
		invalidField('request_id', 'a\nb', 'at most 64 printable characters').message,
		'request_id is "a\\nb", must be at most 64 printable characters',
	);
	assert.equal(
		invalidField('max_events', 18_446_744_073_709_551_615n, [0n, 10n]).message,
		'max_events is 18,446,744,073,709,551,615, must be 0 to 10',
	);
	assert.equal(
		invalidField('sampling', 0.0001, [0.001, 1]).message,
		'sampling is 0.0001, must be 0.001 to 1',
	);
});
