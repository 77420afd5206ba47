import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import { ServiceError } from '../error.js';
import { type Access, methodOf } from './access.js';
import { type Credential, rememberCaller } from './caller.js';

/** Told of calls that are refused before their handler runs. */
export type OnRefusal = (error: ServiceError, credential: Credential, method: string) => void;

/** Lets a call, of whatever service, reach its handler only when it is known who makes it and that they may. */
export function createAccessInterceptor(
	access: Access,
	onRefusal: OnRefusal,
	log: Logger,
): ServerInterceptor {
	return ({ path }, call) => {
		const method = methodOf(path);
		if (access.isOpen(method)) return new ServerInterceptingCall(call);

		function refuse(cause: unknown, credential: Credential): void {
			const error = ServiceError.from(cause);
			const facts = { peer: credential.peer, method: path, reason: error.reason };
			if (error.reason === 'INTERNAL') log.error({ ...facts, err: cause }, 'call failed');
			else log.warn({ ...facts, cause: error.message }, 'call refused');
			onRefusal(error, credential, method);
			// What is not passed on never reaches the handler.
			call.sendStatus(error.toStatus());
		}

		return new ServerInterceptingCall(call, {
			start: (next) =>
				next({
					onReceiveMetadata(metadata, proceed) {
						const credential: Credential = { peer: call.getPeer(), token: undefined };
						const admitted = async () => {
							const complete = { ...credential, token: bearerToken(metadata) };
							return access.admit(complete, method);
						};
						admitted().then(
							(caller) => {
								rememberCaller(metadata, caller);
								proceed(metadata);
							},
							(error) => refuse(error, credential),
						);
					},
				}),
		});
	};
}

/**
 * The token of a call: RFC 6750, section 2.1.
 *
 * @throws ServiceError TOKEN_NOT_VALID for a header that is something else.
 */
function bearerToken(metadata: Metadata): string | undefined {
	const values = metadata.get('authorization');
	if (values.length === 0) return undefined;
	const [, token] = /^bearer +([\w.~+/-]+=*)$/i.exec(String(values[0])) ?? [];
	if (values.length > 1 || token === undefined) {
		throw new ServiceError(
			'TOKEN_NOT_VALID',
			'the authorization header must be "Bearer " and a token, and be there once',
		);
	}
	// Nothing that logs the metadata of a call shall see it.
	metadata.remove('authorization');
	return token;
}
