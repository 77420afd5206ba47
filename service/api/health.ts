import type { Server } from '@grpc/grpc-js';
import { HealthImplementation } from 'grpc-health-check';

/** What grpc.health.v1 answers for; the empty name is the node as a whole. */
const SERVICES = ['', 'sonde.v1.TraceService', 'sonde.v1.NodeService'] as const;

/** The service grpc.health.v1.Health. Everything is serving from the start. */
export interface Health {
	addTo(server: Server): void;
	/** At shutdown, so that callers who watch go elsewhere. */
	setNotServing(): void;
}

/** Makes the health service. */
export function createHealth(): Health {
	const health = new HealthImplementation(Object.fromEntries(SERVICES.map((name) => [name, 'SERVING'])));
	return {
		addTo: (server) => health.addToServer(server),
		setNotServing() {
			for (const name of SERVICES) health.setStatus(name, 'NOT_SERVING');
		},
	};
}
