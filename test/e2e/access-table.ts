/** What a call gives: the name of its status. */
export type Outcome =
	| 'OK'
	| 'UNAUTHENTICATED'
	| 'PERMISSION_DENIED'
	| 'NOT_FOUND'
	| 'INVALID_ARGUMENT'
	| 'FAILED_PRECONDITION';

/** Every method that a node serves, and what it is asked. TRACE stands for the id of the owner's trace. */
export const METHODS = [
	'NodeService/GetNode',
	'NodeService/ListProbes',
	'NodeService/CheckFilter',
	'TraceService/StartTrace',
	'TraceService/GetTrace',
	'TraceService/ListTraces',
	'TraceService/StreamEvents',
	'TraceService/UpdateTrace',
	'TraceService/StopTrace',
	'Health/Check',
	'Health/List',
	'Health/Watch',
	'ServerReflection/ServerReflectionInfo (v1)',
	'ServerReflection/ServerReflectionInfo (v1alpha)',
] as const;
export type Method = (typeof METHODS)[number];

const all = (outcome: Outcome) => Object.fromEntries(METHODS.map((method) => [method, outcome])) as Row;
type Row = Record<Method, Outcome>;

const UNKNOWN = all('UNAUTHENTICATED');
const EVERYTHING = all('OK');
const USES = ['TraceService/StreamEvents', 'TraceService/UpdateTrace', 'TraceService/StopTrace'] as const;
const usesAre = (outcome: Outcome) => Object.fromEntries(USES.map((method) => [method, outcome]));
const VIEWER: Row = {
	...EVERYTHING,
	...usesAre('PERMISSION_DENIED'),
	'TraceService/StartTrace': 'PERMISSION_DENIED',
};

/** Every kind of principal, and what each method gives them for a trace that the owner has started. */
export const ACCESS = {
	'no certificate': UNKNOWN,
	'an expired certificate': UNKNOWN,
	'a revoked certificate': UNKNOWN,
	'a certificate of a foreign authority': UNKNOWN,
	'a token for another audience': UNKNOWN,
	'a token of another issuer': UNKNOWN,
	'an expired token': UNKNOWN,
	'a token that nobody signed': UNKNOWN,
	'an expired token beside a good certificate': UNKNOWN,
	'a certificate without a role': all('PERMISSION_DENIED'),
	'a token without a role': all('PERMISSION_DENIED'),
	'another user on the unix socket': all('PERMISSION_DENIED'),
	'anonymous, where it is allowed': VIEWER,
	viewer: VIEWER,
	'viewer by token': VIEWER,
	operator: { ...EVERYTHING, ...usesAre('PERMISSION_DENIED') },
	'operator by token': { ...EVERYTHING, ...usesAre('PERMISSION_DENIED') },
	'a tenant, who is shown no traces of others': {
		...EVERYTHING,
		...usesAre('NOT_FOUND'),
		'TraceService/GetTrace': 'NOT_FOUND',
	},
	'the owner': EVERYTHING,
	admin: EVERYTHING,
	'root on the unix socket': EVERYTHING,
} as const satisfies Record<string, Row>;
export type Principal = keyof typeof ACCESS;
