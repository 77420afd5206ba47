/** All opens: the benchmark measures losses, not the rate limit and the CPU budget. */
export const FASTEST_TRACE = {
	probes: [{ probe: 'file.open' }],
	limits: { eventsPerSecond: 0, cpuBudgetPermille: 0 },
};

/** The same for \`sonde trace\`. */
export const FASTEST_OPTIONS = ['--rate', 'unlimited', '--budget', 'none'];
