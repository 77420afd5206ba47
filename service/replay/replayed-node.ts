import type { Server } from '@grpc/grpc-js';
import { takePage } from '../api/page.js';
import { type CallContext, unary } from '../api/unary.js';
import { type ListProbesRequest, NodeServiceService, Probe } from '../gen/sonde/v1/node_service.js';
import type { RecordingHeader } from '../gen/sonde/v1/recording.js';
import { isRecording } from './is-recording.js';

/** Adds sonde.v1.NodeService, which answers for the node that was recorded. */
export function addReplayedNode(
	server: Server,
	context: CallContext,
	{ node, probes }: RecordingHeader,
): void {
	server.addService(NodeServiceService, {
		getNode: unary(context, () => ({ node })),
		listProbes: unary(context, (request: ListProbesRequest) => {
			const pages = probes.map((probe) => ({
				item: probe,
				key: probe.id,
				bytes: Probe.encode(probe).finish().length,
			}));
			const { items, nextPageToken } = takePage(pages, request);
			return { probes: items, nextPageToken };
		}),
		checkFilter: unary(context, () => {
			throw isRecording('filters cannot be checked');
		}),
	});
}
