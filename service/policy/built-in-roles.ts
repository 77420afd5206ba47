import { parsePattern } from './pattern.js';
import type { Role, Visibility } from './role.js';

const LOOK = [
	'Health/*',
	'ServerReflection/*',
	'NodeService/*',
	'TraceService/GetTrace',
	'TraceService/ListTraces',
];

/** Roles that every policy has. */
export const BUILT_IN_ROLES: readonly Role[] = [
	builtIn('viewer', LOOK, [], 'visible'),
	builtIn('operator', [...LOOK, 'TraceService/*'], ['**'], 'visible'),
	builtIn('admin', ['**'], ['**'], 'all'),
];

function builtIn(name: string, rpcs: readonly string[], probes: readonly string[], traces: Visibility): Role {
	const patterns = (texts: readonly string[]) => texts.map((text) => ({ text, matches: parsePattern(text) }));
	return {
		...{ name, traces, filter: '', redact: [], limits: {}, quotas: {} },
		rpcs: patterns(rpcs),
		probes: patterns(probes),
	};
}
