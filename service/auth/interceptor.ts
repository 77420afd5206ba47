import { type Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js';
import type { Logger } from 'pino';
import type { CallsInFlight } from '../abuse/calls-in-flight.js';
import { limitWarnings } from '../abuse/limit-warnings.js';
import type { LoginDelay } from '../abuse/login-delay.js';
import type { Refusals } from '../abuse/refusals.js';
import type { RequestRate } from '../abuse/request-rate.js';
import { ServiceError } from '../error.js';
import { type Access, methodOf } from './access.js';
import { type Caller, type Credential, rememberCaller } from './caller.js';
import type { Identity } from './identity.js';
import type { OpenCalls } from './open-calls.js';

/** From the headers of a call to the end of its one message. */
const REQUEST_TIMEOUT_MS = 10_000;
const STREAM_EVENTS = 'TraceService/StreamEvents';

/** A call that did not reach its handler. */
export interface RefusedCall {
	readonly error: ServiceError;
	/** As `call.getPeer()` gives it. */
	readonly address: string;
	/** "SERVICE/METHOD". */
	readonly method: string;
	/** Undefined: it is not known who called. */
	readonly identity: Identity | undefined;
}

interface InterceptorInit {
	readonly access: Access;
	readonly requestRate: RequestRate;
	readonly loginDelay: LoginDelay;
	readonly callsInFlight: CallsInFlight;
	readonly openCalls: OpenCalls;
	readonly refusals: Refusals;
	/** Told of calls that are refused before their handler runs. */
	readonly onRefusal: (refused: RefusedCall) => void;
	/** Told of callers that are let in, by the peer of their connection. */
	readonly onAdmitted: (peer: string) => void;
	readonly log: Logger;
}

/** The base call, whose statuses are set also by grpc-js itself. */
type Call = Parameters<ServerInterceptor>[1];

/** Lets a call, of whatever service, reach its handler only when it is known who makes it and that they may. */
export function createAccessInterceptor(init: InterceptorInit): ServerInterceptor {
	const { access, requestRate, loginDelay, callsInFlight, openCalls, refusals, onRefusal, onAdmitted } = init;
	const log = limitWarnings(init.log);

	function refuse(cause: unknown, call: Call, path: string, identity: Identity | undefined): void {
		const error = ServiceError.from(cause);
		const address = call.getPeer();
		const facts = { peer: address, method: path, reason: error.reason };
		if (error.reason === 'INTERNAL') log.error({ ...facts, err: cause }, 'call failed');
		else log.warn({ ...facts, cause: error.message }, 'call refused');
		onRefusal({ error, address, method: methodOf(path), identity });
		if (error.code !== status.UNAUTHENTICATED) {
			if (error.reason === 'TOO_MANY_REQUESTS') refusals.count('request_rate');
			if (error.code === status.PERMISSION_DENIED) refusals.count('policy');
			call.sendStatus(error.toStatus());
			return;
		}
		refusals.count('login');
		loginDelay.failed(
			address,
			() => call.sendStatus(error.toStatus()),
			() => call.sendStatus(tooManyFailures().toStatus()),
		);
	}

	function checkRate({ identity }: Caller): void {
		if (requestRate.take(identity.name)) return;
		const perSecond = requestRate.perSecond.toLocaleString('en-US');
		throw new ServiceError(
			'TOO_MANY_REQUESTS',
			`one caller may make ${perSecond} requests a second; wait, and try again`,
		);
	}

	return (definition, call) => {
		const { path } = definition;
		const method = methodOf(path);
		const isOpen = access.isOpen(method);
		const peer = call.getPeer();
		let credential: Credential = { peer, token: undefined };
		let identity: Identity | undefined;
		let caller: Caller | undefined;
		let received: Metadata | undefined;
		let messages = 0;
		/** What is to be done when the call ends, however it does. */
		const atEnd: (() => void)[] = [];
		let hasEnded = false;
		const ended = () => {
			hasEnded = true;
			for (const step of atEnd.splice(0)) step();
		};
		// It may have ended while it was found out who calls.
		const whenEnded = (step: () => void) => {
			if (hasEnded) step();
			else atEnd.push(step);
		};
		let timer: NodeJS.Timeout | undefined;
		onStatus(call, refusals, ended);
		if (!definition.requestStream) {
			timer = setTimeout(() => call.sendStatus(tooSlow().toStatus()), REQUEST_TIMEOUT_MS).unref();
			whenEnded(() => clearTimeout(timer));
		}

		async function admit(): Promise<Caller> {
			identity = await access.identify(credential);
			caller = access.authorize(identity, credential, method);
			return caller;
		}

		async function begin(metadata: Metadata): Promise<void> {
			credential = { peer, token: bearerToken(metadata) };
			const found = await admit();
			checkRate(found);
			const end = callsInFlight.begin(found.identity.name);
			if (end === undefined) throw tooManyCalls();
			whenEnded(end);
			onAdmitted(peer);
			rememberCaller(metadata, found);
			// Streams of events know more of their callers, and are watched where they are served.
			if (!definition.responseStream || method === STREAM_EVENTS) return;
			const stop = openCalls.watch(
				found,
				() => undefined,
				(error) => call.sendStatus(error.toStatus()),
			);
			whenEnded(stop);
		}

		return new ServerInterceptingCall(call, {
			start: (next) =>
				next({
					onReceiveMetadata(metadata, proceed) {
						if (isOpen) {
							proceed(metadata);
							return;
						}
						received = metadata;
						begin(metadata).then(
							() => proceed(metadata),
							// What is not passed on never reaches the handler.
							(error) => {
								clearTimeout(timer);
								refuse(error, call, path, identity);
							},
						);
					},
					// The first one belongs to the call that has been counted; it may come before its caller is known.
					onReceiveMessage(message, proceed) {
						messages++;
						try {
							if (messages > 1 && caller !== undefined) checkRate(caller);
							proceed(message);
						} catch (error) {
							refuse(error, call, path, identity);
						}
					},
					// Only now the handler runs, and the caller may have waited with it: who calls, and what they may, is that of
					// this moment.
					onReceiveHalfClose(proceed) {
						clearTimeout(timer);
						if (isOpen) {
							proceed();
							return;
						}
						admit().then(
							(found) => {
								if (received !== undefined) rememberCaller(received, found);
								proceed();
							},
							(error) => refuse(error, call, path, identity),
						);
					},
					onCancel: ended,
				}),
		});
	};
}

/** Of each call. grpc-js refuses a message that is too long by itself, and tells nobody but the caller. */
function onStatus(call: Call, refusals: Refusals, ended: () => void): void {
	const send = call.sendStatus.bind(call);
	call.sendStatus = (sent) => {
		if (sent.code === status.RESOURCE_EXHAUSTED && TOO_LONG.test(sent.details ?? ''))
			refusals.count('message_size');
		send(sent);
		ended();
	};
}

const TOO_LONG = /^Received message larger than max|^Received message that decompresses/;

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

function tooSlow(): ServiceError {
	const seconds = REQUEST_TIMEOUT_MS / 1_000;
	return new ServiceError(
		'REQUEST_TOO_SLOW',
		`the request did not come within ${seconds} s after its headers`,
	);
}

function tooManyCalls(): ServiceError {
	return new ServiceError(
		'TOO_MANY_REQUESTS',
		'one caller may have 512 calls at the same time; wait for some of them to end',
	);
}

function tooManyFailures(): ServiceError {
	return new ServiceError(
		'TOO_MANY_FAILED_LOGINS',
		'too many calls without a valid identity came from this address; wait, and use an identity of this node',
	);
}
