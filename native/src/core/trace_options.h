// What the service asks of a trace, as plain data. TypeScript has validated it and filled in the defaults.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "batch.h"
#include "filter.h"
#include "sampling.h"
#include "plan.h"

namespace sonde {

// What the programs of a probe are made from. A body can be made again while the trace runs.
struct ProgramOptions {
	std::string object;  // the ELF image, copied: it is loaded on another thread
	std::set<std::string> attach_points;  // sections of the programs that are attached
	bool keep_arguments;
	bool uprobe_multi;  // functions in user space are attached by such links, not by perf events
	FilterOptions filter;
	uint32_t generation;  // of the trace's settings
	std::map<std::string, std::string> constants{};  // of its own, by name: their bytes
};

struct ProbeOptions {
	ProgramOptions programs;
	Plan plan;
	Sampling sampling;
};

struct TraceOptions {
	std::vector<ProbeOptions> probes;
	uint32_t ring_count;  // a power of two
	uint32_t ring_bytes;  // of each; a power of two
	uint32_t events_per_second;  // 0: no limit
	uint64_t max_events;         // 0: no limit
	BatchLimits batch;
	uint32_t events_field;  // number of `repeated Event events` in its message
	bool wants_subjects = false;  // whether batches say whom they are about
};

}  // namespace sonde
