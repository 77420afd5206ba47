import { NO_CALL_AUDIT } from '../audit/call-audit.js';
import { createEndpoint, type EndpointOptions } from '../endpoint.js';
import { RecordingHeader } from '../gen/sonde/v1/recording.js';
import { defaultPolicy } from '../policy/default-policy.js';
import { untilSignal } from '../signals.js';
import type { RecordedTrace } from './recorded-trace.js';
import { addReplayedNode } from './replayed-node.js';
import { addReplayedTrace } from './replayed-trace.js';

/**
 * Serves a recording through the API of a node until SIGTERM or SIGINT; resolves when it has ended cleanly. By the default
 * policy, operators and administrators of the state directory's authority may read it.
 *
 * @throws Error with a message of one line when it cannot start.
 */
export async function serveRecording(options: EndpointOptions, recorded: RecordedTrace): Promise<void> {
	const header = RecordingHeader.decode(recorded.header);
	const endpoint = await createEndpoint(options, async ({ nodeId }) => ({
		policy: { current: defaultPolicy(nodeId) },
		audit: NO_CALL_AUDIT,
	}));
	const { identities, log } = endpoint;
	if (recorded.damage !== undefined)
		log.warn({ damage: recorded.damage }, 'the recording is served up to its damage');
	addReplayedNode(endpoint.server, endpoint, header);
	const traces = addReplayedTrace(endpoint.server, endpoint, header, recorded);
	const { address, port } = await endpoint.listen();
	log.info(
		{
			address,
			port,
			node: header.node?.nodeId,
			trace: header.trace?.traceId,
			admin: identities.adminDirectory,
		},
		'recording is served',
	);
	const signal = await untilSignal(['SIGTERM', 'SIGINT']);
	log.info({ signal }, 'replay is shutting down');
	await endpoint.close(async () => traces.endStreams());
	log.info('replay has ended');
}
