import type { AuditConfig } from '../audit/audit-config.js';
import type { OpenService } from '../auth/access.js';
import { NO_TLS_FILES, type TlsFiles } from '../auth/certificates/tls-files.js';
import type { TokenSettings } from '../auth/tokens/token-config.js';
import { NO_GUARD } from '../guard/guard.js';
import type { GuardConfig } from '../guard/guard-config.js';
import { DEFAULT_NODE_LIMITS, type NodeLimits } from '../traces/node-limits.js';

/** What a configuration file decides. */
export interface NodeConfig {
	readonly limits: NodeLimits;
	/** Of each principal; undefined: as by default. */
	readonly requestsPerSecond: number | undefined;
	/** Longest time after which a failed login is answered; undefined: as by default. */
	readonly loginDelayMs: number | undefined;
	/** Names and addresses by which callers reach the node, beside those that it knows. */
	readonly serverNames: readonly string[];
	readonly tls: TlsFiles;
	/** Issuers of bearer tokens; empty: none are taken. */
	readonly tokens: TokenSettings;
	/** Callers on loopback who prove nothing are let in. */
	readonly allowAnonymous: boolean;
	/** Services that need no caller. */
	readonly open: readonly OpenService[];
	/** Absolute path of a unix socket to listen on as well. */
	readonly unixSocket: string | undefined;
	/** Absolute path of the policy; undefined: the default policy. */
	readonly policyFile: string | undefined;
	/** To be completed: where it goes by default, the state directory says. */
	readonly audit: AuditConfig;
	readonly guard: GuardConfig;
}

/** Of a node without a file. */
export const DEFAULT_NODE_CONFIG: NodeConfig = {
	limits: DEFAULT_NODE_LIMITS,
	requestsPerSecond: undefined,
	loginDelayMs: undefined,
	serverNames: [],
	tls: NO_TLS_FILES,
	tokens: [],
	allowAnonymous: false,
	open: [],
	unixSocket: undefined,
	policyFile: undefined,
	audit: {},
	guard: NO_GUARD,
};
