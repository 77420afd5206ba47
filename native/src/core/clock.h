// The clocks of an event: BPF programs stamp with the monotonic clock, readers see Unix time.
#pragma once

#include <cstdint>

namespace sonde {

uint64_t MonotonicNs();

// What to add to a monotonic time to get Unix time, now.
int64_t UnixOffsetNs();

}  // namespace sonde
