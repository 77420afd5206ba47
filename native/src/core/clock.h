// The clocks of an event: BPF programs stamp with the monotonic clock, readers see Unix time.
#pragma once

#include <cstdint>

namespace sonde {

uint64_t MonotonicNs();

// CPU time of the calling thread. A system call of nearly a microsecond, where the others take 25 ns.
uint64_t ThreadCpuNs();

// What to add to a monotonic time to get Unix time, now.
int64_t UnixOffsetNs();

}  // namespace sonde
