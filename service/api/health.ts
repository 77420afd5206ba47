import type {
	Server,
	ServerWritableStream,
	ServiceDefinition,
	UntypedHandleCall,
	UntypedServiceImplementation,
} from '@grpc/grpc-js';
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
		addTo(server) {
			health.addToServer({
				addService(definition: ServiceDefinition, { watch, ...others }: UntypedServiceImplementation) {
					server.addService(definition, { ...others, watch: watchKnown(watch) });
				},
			});
		},
		setNotServing() {
			for (const name of SERVICES) health.setStatus(name, 'NOT_SERVING');
		},
	};
}

/** The library remembers every name that anybody has watched: what is not served is answered here. */
function watchKnown(watch: unknown): UntypedHandleCall {
	return (call: ServerWritableStream<{ readonly service: string }, { readonly status: string }>) => {
		const isServed = SERVICES.some((name) => name === call.request.service);
		if (isServed && typeof watch === 'function') watch(call);
		else call.write({ status: 'SERVICE_UNKNOWN' });
	};
}
