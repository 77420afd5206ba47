import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testIdentity } from '../test-caller.js';
import { atTime, type PeerIdentity } from './peer-identity.js';

test('atTime refuses an identity whose certificate has expired since', () => {
	const validUntil = new Date('2030-01-01T00:00:00Z');
	const identity: PeerIdentity = {
		kind: 'accepted',
		identity: { ...testIdentity('x509:CN=a'), validUntil },
	};
	const later = atTime(identity, new Date('2030-01-01T00:00:01Z'));
	assert.ok(later.kind === 'refused');
	assert.deepEqual(
		[later.error.reason, later.error.message],
		['CERTIFICATE_EXPIRED', 'the client certificate expired on 2030-01-01T00:00:00.000Z; use a renewed one'],
	);
	assert.equal(atTime(identity, validUntil), identity);
});
