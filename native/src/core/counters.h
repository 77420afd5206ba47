// The kernel's side of the accounting of one probe, read through mmap.
#pragma once

#include <cstdint>

#include "mapping.h"

namespace sonde {

// Mirrors struct sonde_counters in bpf/include/counters.bpf.h.
struct KernelCounters {
	uint64_t fired;
	uint64_t paused;
	uint64_t sampled_out;
	uint64_t start_lost;
	uint64_t filter_error;
	uint64_t rejected;
	uint64_t rate_limited;
	uint64_t ring_full;
	uint64_t delivered;
	uint64_t timed_runs;
	uint64_t timed_ns;
	uint64_t timer[5];  // where the programs note when to measure
};
static_assert(sizeof(KernelCounters) == 128, "the BPF side has two cache lines a CPU");

// Where the events of one probe went, all from one moment; the fields of sonde.v1.StageCounts that are not sums.
struct ProbeSnapshot {
	uint64_t fired;
	uint64_t paused;
	uint64_t sampled_out;
	uint64_t start_lost;
	uint64_t filter_error;
	uint64_t rejected;
	uint64_t rate_limited;
	uint64_t ring_full;
	uint64_t delivered;
	uint64_t encoded;
	uint64_t over_limit;
	// Runs whose time was measured, and their time. A part of `fired`, chosen at random.
	uint64_t timed_runs;
	uint64_t timed_ns;
};

class Counters {
public:
	Counters(int map_fd, uint32_t cpus);

	// What the reader took out of the rings is read by the caller before. Outcomes are read first and `fired` last, so
	// that the difference, what is in flight, is never negative. A program counts `delivered` after the reader may already
	// have its record, hence the greater of the two.
	ProbeSnapshot Read(uint64_t encoded, uint64_t over_limit) const;

private:
	uint64_t Sum(uint64_t KernelCounters::*field) const;

	Mapping mapping_;
	uint32_t cpus_;
};

}  // namespace sonde
