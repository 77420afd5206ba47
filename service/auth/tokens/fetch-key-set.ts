import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { MAX_KEY_SET_BYTES } from './key-set.js';

/**
 * The text that a server has at an https URL, or an http URL on loopback. Not by `fetch`, which takes no authorities of its
 * own. Redirects are not followed: the keys would come from where nobody has said that they may.
 *
 * @param ca Authorities that the server's certificate may be from, PEM; undefined: those of the system.
 * @param signal Ends the whole of it.
 * @throws Error that says what the server did.
 */
export async function fetchKeySet(url: string, ca: string | undefined, signal: AbortSignal): Promise<string> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		const headers = { accept: 'application/jwk-set+json, application/json' };
		// No agent: minutes lie between two of these.
		const options = { signal, headers, agent: false };
		const request = url.startsWith('https:')
			? requestHttps(url, ca === undefined ? options : { ...options, ca })
			: requestHttp(url, options);
		request.once('response', resolve).once('error', reject).end();
	});
	try {
		const { statusCode = 0 } = response;
		if (statusCode >= 300 && statusCode < 400) {
			throw new Error(`the server answers with status ${statusCode}; redirects are not followed`);
		}
		if (statusCode !== 200) throw new Error(`the server answers with status ${statusCode}`);
		const chunks: Buffer[] = [];
		let bytes = 0;
		for await (const chunk of response) {
			bytes += chunk.length;
			if (bytes > MAX_KEY_SET_BYTES) throw new Error(`the answer is longer than ${MAX_KEY_SET_BYTES} bytes`);
			chunks.push(chunk);
		}
		return Buffer.concat(chunks).toString();
	} finally {
		response.destroy();
	}
}
