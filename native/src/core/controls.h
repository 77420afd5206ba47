// What user space tells running programs, written through mmap.
#pragma once

#include <cstdint>

#include "mapping.h"

namespace sonde {

// Of one probe; mirrors struct sonde_controls in bpf/include/entry.bpf.h.
class Controls {
public:
	explicit Controls(int map_fd);

	void Pause();
	void SampleOneIn(uint32_t n);

private:
	struct Layout {
		uint32_t paused;
		uint32_t sample_one_in;
	};

	Layout *layout() const { return static_cast<Layout *>(mapping_.data()); }

	Mapping mapping_;
};

// The rate limit of a trace; mirrors struct sonde_allowance in bpf/include/submit.bpf.h. Reader thread only.
class Allowance {
public:
	Allowance(int map_fd, uint32_t events_per_second, uint64_t now_ns);

	// Adds what the time since the last call allows, up to a burst of a tenth of a second.
	void Refill(uint64_t now_ns);

private:
	Mapping mapping_;
	uint64_t rate_;
	int64_t burst_;
	uint64_t last_ns_;
	uint64_t remainder_ = 0;  // of an event, in billionths: slow rates must not round to nothing
};

}  // namespace sonde
