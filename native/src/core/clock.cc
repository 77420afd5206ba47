#include "clock.h"

#include <ctime>

namespace sonde {

static uint64_t Read(clockid_t clock)
{
	timespec now{};

	clock_gettime(clock, &now);
	return static_cast<uint64_t>(now.tv_sec) * 1000000000ULL + static_cast<uint64_t>(now.tv_nsec);
}

uint64_t MonotonicNs() { return Read(CLOCK_MONOTONIC); }

uint64_t ThreadCpuNs() { return Read(CLOCK_THREAD_CPUTIME_ID); }

int64_t UnixOffsetNs()
{
	// The real-time clock is read between two reads of the other: the middle of them is the same moment.
	uint64_t before = Read(CLOCK_MONOTONIC);
	uint64_t real = Read(CLOCK_REALTIME);
	uint64_t after = Read(CLOCK_MONOTONIC);

	return static_cast<int64_t>(real - (before + (after - before) / 2));
}

}  // namespace sonde
