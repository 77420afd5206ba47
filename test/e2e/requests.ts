/** For tests that compare every event: neither the rate limit nor the CPU budget takes any, also on a slow machine. */
export const NO_LIMITS = { eventsPerSecond: 0, cpuBudgetPermille: 0 };

/** All opens of the machine, all of them. */
export const FILE_OPEN = { probes: [{ probe: 'file.open' }], limits: NO_LIMITS };
