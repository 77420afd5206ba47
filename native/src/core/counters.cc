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

ProbeSnapshot Counters::Read(uint64_t encoded) const
{
	ProbeSnapshot snapshot{};

	snapshot.encoded = encoded;
	snapshot.paused = Sum(&KernelCounters::paused);
	snapshot.sampled_out = Sum(&KernelCounters::sampled_out);
	snapshot.start_lost = Sum(&KernelCounters::start_lost);
	snapshot.filter_error = Sum(&KernelCounters::filter_error);
	snapshot.rejected = Sum(&KernelCounters::rejected);
	snapshot.rate_limited = Sum(&KernelCounters::rate_limited);
	snapshot.ring_full = Sum(&KernelCounters::ring_full);
	snapshot.delivered = std::max(Sum(&KernelCounters::delivered), encoded);
	snapshot.fired = Sum(&KernelCounters::fired);
	return snapshot;
}

}  // namespace sonde
