import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { ServiceError } from '../error.js';
import type { TlsListener } from './tls-listener.js';

type Identities = Pick<TlsListener, 'identityOf'>;

/** Ends every call, of whatever service, on a connection without a valid identity, before its handler runs. */
export function createAuthInterceptor(listener: Identities, log: Logger): ServerInterceptor {
	return ({ path }, call) => {
		const error = refusalOf(listener, call.getPeer());
		if (error === undefined) return new ServerInterceptingCall(call);
		log.warn(
			{ peer: call.getPeer(), method: path, reason: error.reason, cause: error.message },
			'call refused',
		);
		return new ServerInterceptingCall(call, {
			start: (next) =>
				next({
					// What is not passed on never reaches the handler.
					onReceiveMetadata: () => call.sendStatus(error.toStatus()),
					onReceiveMessage: () => undefined,
					onReceiveHalfClose: () => undefined,
					onCancel: () => undefined,
				}),
		});
	};
}

/**
 * The caller's canonical name. Call it when the handler starts: a connection that has been closed has none.
 *
 * @throws ServiceError when the caller has none.
 */
export function principalOf(listener: Identities, call: { getPeer(): string }): string {
	const identity = listener.identityOf(call.getPeer());
	if (identity?.kind === 'accepted') return identity.principal;
	throw identity?.error ?? connectionGone();
}

function refusalOf(listener: Identities, peer: string): ServiceError | undefined {
	const identity = listener.identityOf(peer);
	if (identity === undefined) return connectionGone();
	return identity.kind === 'refused' ? identity.error : undefined;
}

function connectionGone(): ServiceError {
	return new ServiceError('CERTIFICATE_MISSING', 'the connection has no identity, it may have been closed');
}
