/**
 * End-to-end tests of what all kernels do alike: callers, messages, files, times. They run on the host, and in an emulated
 * machine only when they are named, where they would take a third of the time.
 */
export const KERNEL_INDEPENDENT: readonly string[] = [
	...['access', 'anonymous', 'bad-requests', 'cli', 'identity', 'life', 'node-totals', 'policy'],
	...['recording', 'redacted-role', 'resume', 'strangers', 'unix-socket'],
];
