/** Every method that a node serves, as policies write it. */
export const KNOWN_RPCS: readonly string[] = [
	...['GetNode', 'ListProbes', 'CheckFilter'].map((name) => `NodeService/${name}`),
	...['StartTrace', 'UpdateTrace', 'StopTrace', 'GetTrace', 'ListTraces', 'StreamEvents'].map(
		(name) => `TraceService/${name}`,
	),
	...['Check', 'List', 'Watch'].map((name) => `Health/${name}`),
	'ServerReflection/ServerReflectionInfo',
];
