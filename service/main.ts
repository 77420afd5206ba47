import { join } from 'node:path';
import { addNodeService } from './api/node-service.js';
import { addTraceService } from './api/trace-service.js';
import { type Audit, createAudit } from './audit/audit.js';
import type { AuditEntry } from './audit/audit-entry.js';
import { completeAudit } from './audit/audit-settings.js';
import { createCallAudit } from './audit/call-audit.js';
import type { Identity } from './auth/identity.js';
import { createCatalog } from './catalog/catalog.js';
import { localFeatures, reportsMisses } from './catalog/features.js';
import { DEFAULT_NODE_CONFIG, type NodeConfig } from './config/config.js';
import { createEndpoint, type EndpointOptions } from './endpoint.js';
import type { Feature } from './gen/sonde/v1/node_service.js';
import { startGuard } from './guard/guard.js';
import { keepGuard } from './guard/keep-guard.js';
import { createMetadata } from './metadata/metadata.js';
import type { MetricSources } from './metrics/metrics.js';
import type { MetricsServer } from './metrics/metrics-server.js';
import { loadNative } from './native.js';
import { readNodeFacts } from './node-facts.js';
import { checkPolicy } from './policy/check-policy.js';
import { type Policy, rolesOf } from './policy/policy.js';
import { openPolicy, type PolicyStore } from './policy/policy-store.js';
import { allowing, type Role } from './policy/role.js';
import { createReloader } from './reloader.js';
import { untilSignal } from './signals.js';
import { createStreamTotals } from './streaming/stream-totals.js';
import { createTraceRegistry } from './traces/registry.js';
import type { Trace } from './traces/trace.js';

/** How to run a node. */
export interface NodeOptions extends EndpointOptions {
	/** Of metrics on loopback; 0: any free one; undefined: none are served. */
	readonly metricsPort: number | undefined;
	/** In YAML; undefined: all defaults. */
	readonly configFile: string | undefined;
	/** Who may do what, in YAML; undefined: the default policy. */
	readonly policyFile: string | undefined;
}

/**
 * Runs a node until SIGTERM or SIGINT; resolves when it has ended cleanly.
 *
 * @throws Error with a message of one line when it cannot start: what is missing and how to get it.
 */
export async function runNode(options: NodeOptions): Promise<void> {
	const { metricsPort, configFile } = options;
	const features = localFeatures();
	requireFeatures(features);
	const config = await loadConfig(configFile);
	const catalog = createCatalog(features);
	const policyFile = options.policyFile ?? config.policyFile;
	let policy: PolicyStore | undefined;
	let audit: Audit | undefined;
	const endpoint = await createEndpoint(withConfig(options, config), async ({ nodeId }, log) => {
		const check = (checked: Policy) => checkPolicy(checked, catalog);
		policy = await openPolicy({ file: policyFile, nodeId, check, log });
		audit = createAudit(completeAudit(config.audit, join(options.stateDir, 'audit.log')), log);
		return { policy, audit: createCallAudit(audit) };
	});
	const { identities, openCalls, log, server } = endpoint;
	const node = readNodeFacts(identities.nodeId);
	const native = loadNative();
	const guard = startGuard({ native, config: config.guard, features, log });
	const unwatchGuard =
		configFile === undefined ? () => {} : keepGuard({ guard, configFile, config: config.guard, log });
	const registry = createTraceRegistry({
		native,
		catalog,
		metadata: createMetadata({ native, catalog, log }),
		limits: config.limits,
		reportsMisses: reportsMisses(),
		log,
	});
	const streamTotals = createStreamTotals();
	const context = {
		...{ openCalls, log, node, catalog, registry, streamTotals, audit: endpoint.audit },
		get features() {
			return guard.features();
		},
	};
	addTraceService(server, context);
	addNodeService(server, context);

	const metrics = await startMetrics(metricsPort, {
		version: node.serviceVersion,
		registry,
		streams: streamTotals,
		refusals: endpoint.refusals,
		audit,
		guard,
	});
	const { address, port: listening } = await endpoint.listen();
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
	const reloader = createReloader({
		steps: {
			policy: async () => policy?.reload() ?? false,
			// These two tell by themselves what has changed.
			certificates: async () => {
				const cause = await endpoint.keeper.reload();
				if (cause !== undefined) throw new Error(cause);
				return false;
			},
			tokens: async () => {
				const [cause] = (await endpoint.tokens?.reload()) ?? [];
				if (cause !== undefined) throw new Error(cause);
				return false;
			},
			audit: async () => {
				audit?.reload();
				return false;
			},
		},
		files: policyFile === undefined ? [] : [policyFile],
		async afterwards() {
			// The one may have to wait for an issuer; the other must not.
			const [ended] = await Promise.all([
				registry.recheck((owner) => startRolesOf(policy, owner)),
				openCalls.recheck(),
			]);
			for (const trace of ended) audit?.write(accessEnded(trace));
		},
		onReload: (what, outcome) => audit?.write({ event: 'reload', request: { what }, outcome }),
		log,
	});
	const signal = await untilSignal(['SIGTERM', 'SIGINT']);
	reloader.close();

	log.info({ signal }, 'node is shutting down');
	await endpoint.close(() => registry.close());
	await metrics?.close();
	audit?.close();
	unwatchGuard();
	guard.close();
	log.info('node has ended');
}

/** What the command line says goes before what the file says. */
function withConfig(options: NodeOptions, config: NodeConfig): EndpointOptions {
	const { tls, tokens, open, requestsPerSecond, loginDelayMs } = config;
	return {
		...options,
		...{ tls, tokens, open, requestsPerSecond, loginDelayMs },
		serverNames: [...(options.serverNames ?? []), ...config.serverNames],
		unixSocket: options.unixSocket ?? config.unixSocket,
		allowAnonymous: (options.allowAnonymous ?? false) || config.allowAnonymous,
	};
}

/** A trace that the policy no longer allows has been ended by the node. */
function accessEnded({ id: traceId, identity, grant, end }: Trace): AuditEntry {
	const { name: principal, kind } = identity;
	return {
		event: 'stop',
		principal,
		kind,
		role: grant.role,
		outcome: 'ok',
		traceId,
		request: { reason: end?.detail },
	};
}

/** Those under which they may start traces now. */
function startRolesOf(policy: PolicyStore | undefined, owner: Identity): Role[] {
	const roles = policy === undefined ? [] : rolesOf(policy.current, owner);
	return roles.filter(({ rpcs }) => allowing(rpcs, 'TraceService/StartTrace') !== undefined);
}

/** @throws Error that names the first thing without which nothing can be traced. */
function requireFeatures(features: readonly Feature[]): void {
	const missing = features.find(({ required, available }) => required && !available);
	if (missing !== undefined) throw new Error(`${missing.detail}; ${missing.remedy}`);
}

/** What few nodes use is loaded only where it is used: it costs memory. */
async function loadConfig(file: string | undefined): Promise<NodeConfig> {
	if (file === undefined) return DEFAULT_NODE_CONFIG;
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
