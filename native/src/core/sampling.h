// Which hits of a probe are kept.
#pragma once

#include <cstdint>

namespace sonde {

struct Sampling {
	uint32_t one_in;  // at least 1
	// 0: each hit by chance. Otherwise by process: what the number of a process is mixed with before it is decided, so
	// that traces do not all choose the same ones.
	uint32_t process_salt;
};

}  // namespace sonde
