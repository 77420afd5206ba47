import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { auditSchema } from '../audit/audit-config.js';
import { serverNamesSchema, tlsSchema } from '../auth/certificates/tls-config.js';
import { tokensSchema } from '../auth/tokens/token-config.js';
import { formatNs } from '../duration.js';
import { guardSchema } from '../guard/guard-config.js';
import type { Bounds } from '../traces/limits.js';
import { DEFAULT_NODE_CONFIG, type NodeConfig } from './config.js';
import { durationText } from './duration-text.js';
import { describeIssue } from './issue.js';

const count = (max: number) => z.number().int().min(1).max(max);
const bytes = z
	.number()
	.int()
	.min(1024 * 1024)
	.max(2 ** 40);
const path = z.string().refine(isAbsolute, 'must be an absolute path');
const durations = z.strictObject({ default: durationText, max: durationText }).partial();

const configSchema = z
	.strictObject({
		limits: z
			.strictObject({
				traces: count(1_000),
				traces_per_owner: count(1_000),
				subscribers_per_trace: count(1_000),
				subscribers: count(100_000),
				subscribers_per_owner: count(100_000),
				retention_bytes: bytes,
				retention_bytes_per_owner: bytes,
				ring_bytes: bytes,
				ring_bytes_per_owner: bytes,
				process_trees: count(1_000),
				process_trees_per_owner: count(1_000),
				requests_per_second: count(1_000_000),
				failed_login_delay_ms: z.number().int().min(0).max(10_000),
				cgroup_trees: count(1_000),
				cgroup_trees_per_owner: count(1_000),
			})
			.partial(),
		lease: durations,
		max_duration: durations,
		tls_content: z.boolean(),
		server_names: serverNamesSchema,
		tls: tlsSchema,
		authentication: z
			.strictObject({
				tokens: tokensSchema,
				anonymous: z.boolean(),
				open: z.array(z.enum(['health', 'reflection'])).max(2),
			})
			.partial(),
		policy: path,
		unix_socket: path,
		audit: auditSchema,
	})
	.partial()
	.extend({ guard: guardSchema });

/**
 * Reads a configuration file in YAML; what it does not say stays as it is by default.
 *
 * @throws Error with one line that names the file, the field, and what it must be.
 */
export function readNodeConfig(file: string): NodeConfig {
	const fail = (text: string) => new Error(`${file}: ${text}`);
	let content: unknown;
	try {
		// An empty file decides nothing.
		content = parse(readFileSync(file, 'utf8')) ?? {};
	} catch (error) {
		throw fail(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
	}
	const parsed = configSchema.safeParse(content);
	if (!parsed.success) {
		throw fail(describeIssue(parsed.error, content));
	}
	const { limits = {}, lease = {}, max_duration: maxDuration = {}, tls_content: tlsContent } = parsed.data;
	const { authentication = {}, policy, unix_socket: unixSocket } = parsed.data;
	const { limits: defaults, ...rest } = DEFAULT_NODE_CONFIG;
	return {
		requestsPerSecond: limits.requests_per_second ?? rest.requestsPerSecond,
		loginDelayMs: limits.failed_login_delay_ms ?? rest.loginDelayMs,
		tokens: authentication.tokens ?? rest.tokens,
		allowAnonymous: authentication.anonymous ?? rest.allowAnonymous,
		open: authentication.open ?? rest.open,
		policyFile: policy ?? rest.policyFile,
		unixSocket: unixSocket ?? rest.unixSocket,
		audit: parsed.data.audit ?? rest.audit,
		limits: {
			traces: limits.traces ?? defaults.traces,
			tracesPerOwner: limits.traces_per_owner ?? defaults.tracesPerOwner,
			subscribersPerTrace: limits.subscribers_per_trace ?? defaults.subscribersPerTrace,
			subscribers: limits.subscribers ?? defaults.subscribers,
			subscribersPerOwner: limits.subscribers_per_owner ?? defaults.subscribersPerOwner,
			retentionBytes: limits.retention_bytes ?? defaults.retentionBytes,
			retentionBytesPerOwner: limits.retention_bytes_per_owner ?? defaults.retentionBytesPerOwner,
			ringBytes: limits.ring_bytes ?? defaults.ringBytes,
			ringBytesPerOwner: limits.ring_bytes_per_owner ?? defaults.ringBytesPerOwner,
			processTrees: limits.process_trees ?? defaults.processTrees,
			processTreesPerOwner: limits.process_trees_per_owner ?? defaults.processTreesPerOwner,
			cgroupTrees: limits.cgroup_trees ?? defaults.cgroupTrees,
			cgroupTreesPerOwner: limits.cgroup_trees_per_owner ?? defaults.cgroupTreesPerOwner,
			lease: join('lease', defaults.lease, lease, fail),
			maxDuration: join('max_duration', defaults.maxDuration, maxDuration, fail),
			trace: defaults.trace,
			tlsContent: tlsContent ?? defaults.tlsContent,
		},
		serverNames: parsed.data.server_names ?? rest.serverNames,
		tls: parsed.data.tls ?? rest.tls,
		guard: parsed.data.guard,
	};
}

function join(
	field: string,
	bounds: Bounds<bigint>,
	given: { readonly default?: bigint | undefined; readonly max?: bigint | undefined },
	fail: (text: string) => Error,
): Bounds<bigint> {
	const max = given.max ?? bounds.max;
	const fallback = given.default ?? bounds.fallback;
	// A shorter maximum alone shortens the default too.
	if (given.default === undefined && fallback > max) return { ...bounds, fallback: max, max };
	if (fallback > max) {
		throw fail(
			`${field}.default is ${formatNs(fallback)}: must not be longer than ${field}.max, ${formatNs(max)}`,
		);
	}
	return { fallback, min: bounds.min, max };
}
