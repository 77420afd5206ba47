// What user space tells the running programs of one probe, written through mmap.
#pragma once

#include <cstdint>

#include "mapping.h"
#include "sampling.h"

namespace sonde {

// Who wants the programs to do nothing. A bit each: they go on when nobody wants it any more.
enum class PausedBy : uint32_t {
	kOwner = 1,  // whoever uses the trace
	kLimit = 2,  // it has as many events as it may have
	kEnd = 4,    // it is being detached; never taken back
	kFailure = 8,  // its events cannot be read; never taken back
};

// Mirrors struct sonde_controls in bpf/include/entry.bpf.h. Any thread.
class Controls {
public:
	explicit Controls(int map_fd);

	void SetPaused(PausedBy by, bool paused);
	void Sample(const Sampling &sampling);

private:
	struct Layout {
		uint32_t paused;
		uint32_t sample_one_in;
		uint32_t process_salt;
	};

	Layout *layout() const { return static_cast<Layout *>(mapping_.data()); }

	Mapping mapping_;
};

}  // namespace sonde
