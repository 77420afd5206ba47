import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metadata } from '@grpc/grpc-js';
import { BadRequest, ErrorInfo } from 'nice-grpc-error-details/lib/proto/google/rpc/error_details.js';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status.js';
import { Code, SondeError } from './sonde-error.js';

function failure(code: Code, details: string, encodedDetails?: Uint8Array): Error {
	const metadata = new Metadata();
	if (encodedDetails !== undefined) metadata.set('grpc-status-details-bin', Buffer.from(encodedDetails));
	return Object.assign(new Error(`${code}: ${details}`), { code, details, metadata });
}

test('SondeError.from decodes google.rpc details', () => {
	const encoded = Status.encode(
		Status.fromPartial({
			code: 3,
			details: [
				{
					typeUrl: 'type.googleapis.com/google.rpc.ErrorInfo',
					value: ErrorInfo.encode(
						ErrorInfo.fromPartial({ reason: 'OUT_OF_RANGE', domain: 'sonde.v1' }),
					).finish(),
				},
				{
					typeUrl: 'type.googleapis.com/google.rpc.BadRequest',
					value: BadRequest.encode(
						BadRequest.fromPartial({
							fieldViolations: [{ field: 'limits.ring_bytes', description: 'is 5' }],
						}),
					).finish(),
				},
				{ typeUrl: 'type.googleapis.com/google.rpc.Help', value: new Uint8Array() },
			],
		}),
	).finish();
	const error = SondeError.from(failure(Code.INVALID_ARGUMENT, 'bad', encoded), 'node:1');
	assert.equal(error.code, Code.INVALID_ARGUMENT);
	assert.equal(error.message, 'bad');
	assert.equal(error.reason, 'OUT_OF_RANGE');
	assert.deepEqual(error.violations, [{ field: 'limits.ring_bytes', description: 'is 5' }]);
});

test('SondeError.from survives details that cannot be decoded', () => {
	const error = SondeError.from(failure(Code.INTERNAL, 'bad', Uint8Array.of(0xff, 0xff)), 'node:1');
	assert.deepEqual([error.message, error.reason, error.violations], ['bad', '', []]);
});

test('SondeError.from keeps a SondeError and wraps what is no status', () => {
	const own = new SondeError(Code.NOT_FOUND, 'own');
	assert.equal(SondeError.from(own, 'node:1'), own);
	const wrapped = SondeError.from(new TypeError('broken'), 'node:1');
	assert.deepEqual([wrapped.code, wrapped.message], [Code.UNKNOWN, 'broken']);
});

test('SondeError.from says what to check when there is no connection', () => {
	const messages: [string, string][] = [
		[
			'No connection established. Last error: connect ECONNREFUSED 127.0.0.1:1 (2024-01-01T00:00:00.000Z)',
			'connection refused; check that "sonde serve" runs there and listens on this address',
		],
		['Name resolution failed for target dns:node:1', 'the name cannot be resolved; check the host name'],
		[
			"No connection established. Last error: Hostname/IP does not match certificate's altnames: IP: 127.0.0.2",
			'its certificate is for another name; use a host name or address that the certificate lists',
		],
		[
			'No connection established. Last error: unable to verify the first certificate',
			"its certificate is not signed by the identity's ca.pem; check that the identity belongs to this node",
		],
		[
			'Connection\ndropped',
			'Connection dropped; check the address, and that a firewall lets the connection through',
		],
	];
	for (const [details, cause] of messages) {
		const error = SondeError.from(failure(Code.UNAVAILABLE, details), 'node:1');
		assert.equal(error.message, `cannot reach a node at node:1: ${cause}`);
	}
});

test('SondeError.from gives every status a message', () => {
	assert.equal(SondeError.from(failure(Code.ABORTED, ''), 'node:1').message, 'ABORTED');
	assert.equal(
		SondeError.from(failure(Code.DEADLINE_EXCEEDED, 'Deadline exceeded after 5s'), 'node:1').message,
		'the node at node:1 did not answer in time',
	);
});
