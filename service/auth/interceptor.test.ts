import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../error.js';
import { principalOf } from './interceptor.js';

const call = { getPeer: () => '127.0.0.1:1' };

// What the interceptor does on a connection is tested in tls-listener.test.ts.
test('principalOf throws what the connection was refused for', () => {
	const error = new ServiceError('CERTIFICATE_EXPIRED', 'expired');
	assert.throws(() => principalOf({ identityOf: () => ({ kind: 'refused', error }) }, call), error);
	assert.throws(() => principalOf({ identityOf: () => undefined }, call), { reason: 'CERTIFICATE_MISSING' });
});

test('principalOf gives the principal', () => {
	const identity = { kind: 'accepted', principal: 'x509:CN=a', validUntil: new Date() } as const;
	assert.equal(principalOf({ identityOf: () => identity }, call), 'x509:CN=a');
});
