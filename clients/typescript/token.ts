import { readFile } from 'node:fs/promises';
import { Metadata } from '@grpc/grpc-js';
import { IdentityError, reasonOf } from './identity.js';
import { Code, SondeError } from './sonde-error.js';

/** A bearer token, or what gives the present one: it is asked before each call, so that a renewed token is used. */
export type Token = string | (() => string | Promise<string>);

/** What servers read of one header, and more than any identity provider issues, bytes. */
const MAX_TOKEN_BYTES = 16 * 1024;

/** RFC 6750, section 2.1. */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Makes a token of a file, which is read for each call: for tokens that something else renews. White space around the
 * token is left out. What it gives rejects with an Error that names the file when it cannot be read.
 */
export function tokenFromFile(path: string): () => Promise<string> {
	return async () => {
		try {
			return (await readFile(path, 'utf8')).trim();
		} catch (cause) {
			throw new Error(`cannot read ${path}: ${reasonOf(cause)}`, { cause });
		}
	};
}

/** @throws IdentityError for what is no token; the message says what is wrong and not what it is. */
export function checkToken(token: string): string {
	const bytes = Buffer.byteLength(token);
	if (bytes > MAX_TOKEN_BYTES) {
		throw new IdentityError(`the token has ${bytes} bytes, must have at most ${MAX_TOKEN_BYTES}`);
	}
	if (TOKEN.test(token)) return token;
	if (token === '') throw new IdentityError('the token is empty');
	throw new IdentityError(
		'the token is none: it must consist of letters, digits and "-._~+/", with "=" at the end only (RFC 6750)',
	);
}

/** How long to wait for a token. */
interface Wait {
	readonly signal: AbortSignal | undefined;
	readonly timeoutMs: number;
}

/**
 * What a call says beside its request: who makes it. Only for channels of createChannel, which are over TLS or a unix
 * socket, so that nobody on the way sees it.
 *
 * @throws SondeError UNAUTHENTICATED when no token is to be had, DEADLINE_EXCEEDED when none came in time; the signal's
 *   reason when it aborts.
 */
export async function callMetadata(token: Token | undefined, wait: Wait): Promise<Metadata> {
	const metadata = new Metadata();
	if (token === undefined) return metadata;
	wait.signal?.throwIfAborted();
	metadata.set('authorization', `Bearer ${await within(presentToken(token), wait)}`);
	return metadata;
}

async function presentToken(token: Token): Promise<string> {
	try {
		return checkToken(typeof token === 'string' ? token : await token());
	} catch (cause) {
		const reason = cause instanceof Error ? cause.message : String(cause);
		throw new SondeError(Code.UNAUTHENTICATED, `cannot get a token: ${reason}`, { cause });
	}
}

function within(token: Promise<string>, { signal, timeoutMs }: Wait): Promise<string> {
	return new Promise<string>((resolve, reject) => {
		const timer = setTimeout(() => {
			reject(new SondeError(Code.DEADLINE_EXCEEDED, `there was no token within ${timeoutMs} ms`));
		}, timeoutMs);
		const abort = () => {
			clearTimeout(timer);
			reject(signal?.reason);
		};
		signal?.addEventListener('abort', abort, { once: true });
		token.then(resolve, reject).finally(() => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', abort);
		});
	});
}
