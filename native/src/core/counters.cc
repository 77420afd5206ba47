#include "counters.h"

#include <algorithm>

namespace sonde {

Counters::Counters(int map_fd, uint32_t cpus)
    : mapping_(map_fd, PageAlign(sizeof(KernelCounters) * cpus), false), cpus_(cpus)
{
}

uint64_t Counters::Sum(uint64_t KernelCounters::*field) const
{
	const auto *of_cpu = static_cast<const KernelCounters *>(mapping_.data());
	uint64_t sum = 0;

	for (uint32_t cpu = 0; cpu < cpus_; cpu++)
		sum += __atomic_load_n(&(of_cpu[cpu].*field), __ATOMIC_ACQUIRE);
	return sum;
}

ProbeSnapshot Counters::Read(uint64_t encoded, uint64_t over_limit) const
{
	ProbeSnapshot snapshot{};

	snapshot.encoded = encoded;
	snapshot.over_limit = over_limit;
	// In this order: a run in between then makes the average a little greater and not smaller.
	snapshot.timed_runs = Sum(&KernelCounters::timed_runs);
	snapshot.timed_ns = Sum(&KernelCounters::timed_ns);
	snapshot.paused = Sum(&KernelCounters::paused);
	snapshot.sampled_out = Sum(&KernelCounters::sampled_out);
	snapshot.start_lost = Sum(&KernelCounters::start_lost);
	snapshot.filter_error = Sum(&KernelCounters::filter_error);
	snapshot.rejected = Sum(&KernelCounters::rejected);
	snapshot.rate_limited = Sum(&KernelCounters::rate_limited);
	snapshot.ring_full = Sum(&KernelCounters::ring_full);
	snapshot.delivered = std::max(Sum(&KernelCounters::delivered), encoded + over_limit);
	snapshot.fired = Sum(&KernelCounters::fired);
	return snapshot;
}

}  // namespace sonde
