import { Server } from '@grpc/grpc-js';
import { type Logger, pino } from 'pino';
import { createHealth } from './api/health.js';
import { addNodeService } from './api/node-service.js';
import { addReflection } from './api/reflection.js';
import { readServedDescriptors } from './api/served-descriptors.js';
import { addTraceService } from './api/trace-service.js';
import { createAuthInterceptor } from './auth/interceptor.js';
import { openIdentities } from './auth/pki.js';
import { createTlsListener } from './auth/tls-listener.js';
import { createCatalog } from './catalog/catalog.js';
import { localFeatures, reportsMisses } from './catalog/features.js';
import type { NodeConfig } from './config/node-config.js';
import type { Feature } from './gen/sonde/v1/node_service.js';
import type { MetricSources } from './metrics/metrics.js';
import type { MetricsServer } from './metrics/metrics-server.js';
import { loadNative } from './native.js';
import { readNodeFacts } from './node-facts.js';
import { untilSignal } from './signals.js';
import { createStreamTotals } from './streaming/stream-totals.js';
import { DEFAULT_NODE_LIMITS } from './traces/node-limits.js';
import { createTraceRegistry } from './traces/registry.js';

/** A caller whose host is gone is noticed after these, and one that is killed while much is written to it (tls-listener.ts). */
const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 10_000;
/** Time for streams to take their last messages at shutdown. */
const SHUTDOWN_MS = 5_000;

/** How to run a node. */
export interface NodeOptions {
	readonly host: string;
	/** 0: any free one; the log says which. */
	readonly port: number;
	readonly stateDir: string;
	/** Of metrics on loopback; 0: any free one; undefined: none are served. */
	readonly metricsPort: number | undefined;
	/** In YAML; undefined: all defaults. */
	readonly configFile: string | undefined;
	/** One of pino's. The log goes to standard error, one JSON object a line. */
	readonly logLevel: string;
}

/**
 * Runs a node until SIGTERM or SIGINT; resolves when it has ended cleanly.
 *
 * @throws Error with a message of one line when it cannot start: what is missing and how to get it.
 */
export async function runNode(options: NodeOptions): Promise<void> {
	const { host, port, stateDir, metricsPort, configFile, logLevel } = options;
	const features = localFeatures();
	requireFeatures(features);
	const { limits } = await loadConfig(configFile);
	const log = pino({ level: logLevel, base: null }, pino.destination({ fd: 2, sync: true }));
	const identities = await openIdentities(stateDir, { names: [host] });
	const node = readNodeFacts(identities.nodeId);
	const catalog = createCatalog(features);
	const registry = createTraceRegistry({
		native: loadNative(),
		catalog,
		limits,
		reportsMisses: reportsMisses(),
		log,
	});
	const listener = createTlsListener({ ...identities.server, ca: identities.ca, log });
	const server = new Server({
		interceptors: [createAuthInterceptor(listener, log)],
		'grpc.keepalive_time_ms': KEEPALIVE_TIME_MS,
		'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
	});
	const streamTotals = createStreamTotals();
	const context = { listener, log, node, features, catalog, registry, streamTotals };
	addTraceService(server, context);
	addNodeService(server, context);
	const health = createHealth();
	health.addTo(server);
	addReflection(server, { descriptorSet: readServedDescriptors() });

	const metrics = await startMetrics(metricsPort, {
		version: node.serviceVersion,
		registry,
		streams: streamTotals,
	});
	const { address, port: listening } = await listener.listen({ server, host, port });
	log.info(
		{
			address,
			port: listening,
			metrics: metrics?.port,
			node: node.nodeId,
			admin: identities.adminDirectory,
			version: node.serviceVersion,
		},
		'node is listening',
	);
	const signal = await untilSignal(['SIGTERM', 'SIGINT']);

	log.info({ signal }, 'node is shutting down');
	health.setNotServing();
	const closed = listener.close();
	await registry.close();
	await shutDown(server, log);
	listener.destroyAll();
	await metrics?.close();
	await closed;
	log.info('node has ended');
}

/** @throws Error that names the first thing without which nothing can be traced. */
function requireFeatures(features: readonly Feature[]): void {
	const missing = features.find(({ required, available }) => required && !available);
	if (missing !== undefined) throw new Error(`${missing.detail}; ${missing.remedy}`);
}

/** What few nodes use is loaded only where it is used: it costs memory. */
async function loadConfig(file: string | undefined): Promise<NodeConfig> {
	if (file === undefined) return { limits: DEFAULT_NODE_LIMITS };
	const { readNodeConfig } = await import('./config/node-config.js');
	return readNodeConfig(file);
}

async function startMetrics(
	port: number | undefined,
	sources: MetricSources,
): Promise<MetricsServer | undefined> {
	if (port === undefined) return undefined;
	const [{ createMetrics }, { serveMetrics }] = await Promise.all([
		import('./metrics/metrics.js'),
		import('./metrics/metrics-server.js'),
	]);
	return serveMetrics(createMetrics(sources), port);
}

async function shutDown(server: Server, log: Logger): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<boolean>((resolve) => {
		timer = setTimeout(() => resolve(false), SHUTDOWN_MS);
	});
	const clean = new Promise<boolean>((resolve) => server.tryShutdown(() => resolve(true)));
	if (!(await Promise.race([clean, timeout])))
		log.warn('some streams did not take their last messages in time');
	clearTimeout(timer);
	server.forceShutdown();
}
