import { invalidField, ServiceError } from '../error.js';
import type { NodeLimits } from './node-limits.js';
import type { GivenOptions } from './probe-options.js';

/** So much room has struct tls_data_event of bpf/probes/tls_data.bpf.c. */
const MAX_CONTENT_BYTES = 16_384;

/**
 * Refuses to send what programs encrypt, unless the node's configuration allows it.
 *
 * @param path of the options in the request, for the error.
 * @throws ServiceError INVALID_FIELD, CONTENT_NOT_ALLOWED.
 */
export function checkTlsContent(given: GivenOptions, { tlsContent }: NodeLimits, path: string): void {
	if (given?.$case !== 'tlsData' || !('contentBytes' in given.value)) return;
	const bytes = Number(given.value.contentBytes);
	if (bytes === 0) return;
	if (bytes > MAX_CONTENT_BYTES) throw invalidField(`${path}.content_bytes`, bytes, [0, MAX_CONTENT_BYTES]);
	if (!tlsContent)
		throw new ServiceError(
			'CONTENT_NOT_ALLOWED',
			`${path}.content_bytes is ${bytes}, must be 0: this node does not send the data of TLS; its configuration file would need "tls_content: true"`,
		);
}
