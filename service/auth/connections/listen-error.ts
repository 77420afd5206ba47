/** The service cannot listen where it was told to; the message says why and what to do, in one line. */
export class ListenError extends Error {
	override readonly name = 'ListenError';
}

/** Explains what `server.listen` failed with; `option` is what to choose another address with. */
export function explainListenFailure(
	error: unknown,
	host: string,
	port: number,
	option = '--listen HOST:PORT',
): ListenError {
	const code = error instanceof Error && 'code' in error ? String(error.code) : '';
	return new ListenError(
		messageOf(code, host, port, option) ?? `cannot listen on ${host} port ${port}: ${String(error)}`,
		{
			cause: error,
		},
	);
}

function messageOf(code: string, host: string, port: number, option: string): string | undefined {
	switch (code) {
		case 'EADDRINUSE':
			return `port ${port} on ${host} is taken; stop what listens there or choose another with ${option}`;
		case 'EADDRNOTAVAIL':
			return `this host has no address ${host}; choose one of its own with ${option}`;
		case 'EACCES':
		case 'EPERM':
			return (
				`no permission to listen on port ${port} of ${host}; ` +
				`run as root or choose a port above 1023 with ${option}`
			);
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return `the host name ${host} cannot be resolved; choose another with ${option}`;
		default:
			return undefined;
	}
}
