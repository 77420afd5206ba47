import { TRACE_BOUNDS } from '../../service/traces/limits.js';

/** Opens at the highest rate that a trace may have: the benchmark measures losses, not the rate limit. */
export const FASTEST_TRACE = {
	probes: [{ probe: 'file.open' }],
	limits: { eventsPerSecond: TRACE_BOUNDS.eventsPerSecond.max },
};
