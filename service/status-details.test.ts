import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BadRequest } from 'nice-grpc-error-details/lib/proto/google/rpc/error_details.js';
import { Status } from 'nice-grpc-error-details/lib/proto/google/rpc/status.js';
import { encodeStatusDetails, MAX_DETAILS_BYTES } from './status-details.js';

const base = { code: 3, message: 'm'.repeat(1024), reason: 'INVALID_FIELD', domain: 'sonde.v1', info: {} };

function violationsOf(encoded: Uint8Array) {
	const [, bad] = Status.decode(encoded).details;
	assert.ok(bad !== undefined);
	return BadRequest.decode(bad.value).fieldViolations.map(({ field, description }) => ({
		field,
		description,
	}));
}

test('encodeStatusDetails cuts a description that is too long', () => {
	const encoded = encodeStatusDetails({
		...base,
		violations: [{ field: 'filter', description: '漢'.repeat(5000) }],
	});
	assert.ok(encoded.length <= MAX_DETAILS_BYTES, `${encoded.length} bytes`);
	assert.ok(encoded.length > MAX_DETAILS_BYTES - 100, `${encoded.length} bytes`);
	assert.match(violationsOf(encoded)[0]?.description ?? '', /^漢+…$/);
});

test('encodeStatusDetails leaves out the violations that do not fit', () => {
	const violations = Array.from({ length: 1000 }, (_, index) => ({
		field: `probes[${index}].probe`,
		description: 'is "", must be the id of a probe',
	}));
	const encoded = encodeStatusDetails({ ...base, violations });
	assert.ok(encoded.length <= MAX_DETAILS_BYTES, `${encoded.length} bytes`);
	const sent = violationsOf(encoded);
	assert.ok(sent.length > 15 && sent.length < 1000, `${sent.length} violations`);
	assert.deepEqual(sent[0], violations[0]);
});

test('encodeStatusDetails sends no BadRequest without violations', () => {
	const { details } = Status.decode(encodeStatusDetails({ ...base, violations: [] }));
	assert.deepEqual(
		details.map(({ typeUrl }) => typeUrl),
		['type.googleapis.com/google.rpc.ErrorInfo'],
	);
});
