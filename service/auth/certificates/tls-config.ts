import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { isServerName, SERVER_NAME_RULE } from './server-names.js';
import { NO_TLS_FILES, type TlsFiles } from './tls-files.js';

/** A certificate is sent to every caller: it is kept small. */
const MAX_SERVER_NAMES = 64;

const file = z.string().refine(isAbsolute, 'must be an absolute path');

/** `server_names` of the configuration. */
export const serverNamesSchema = z
	.array(z.string().refine(isServerName, `must be ${SERVER_NAME_RULE}`))
	.max(MAX_SERVER_NAMES);

/** `tls` of the configuration. */
export const tlsSchema = z
	.strictObject({ certificate: file, key: file, client_ca: file, client_crl: file })
	.partial()
	.refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
		message: 'certificate and key are given together',
	})
	.refine(({ client_ca: ca, client_crl: crl }) => ca !== undefined || crl === undefined, {
		message: 'client_crl is given with client_ca, whose authorities have signed it',
	})
	.transform(
		({ certificate, key, client_ca: clientCa, client_crl: clientCrl }): TlsFiles => ({
			...NO_TLS_FILES,
			...{ certificate, key, clientCa, clientCrl },
		}),
	);
