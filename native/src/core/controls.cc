#include "controls.h"

namespace sonde {

Controls::Controls(int map_fd) : mapping_(map_fd, PageSize(), true) {}

void Controls::SetPaused(PausedBy by, bool paused)
{
	auto bit = static_cast<uint32_t>(by);

	if (paused)
		__atomic_fetch_or(&layout()->paused, bit, __ATOMIC_ACQ_REL);
	else
		__atomic_fetch_and(&layout()->paused, ~bit, __ATOMIC_ACQ_REL);
}

void Controls::Sample(const Sampling &sampling)
{
	__atomic_store_n(&layout()->process_salt, sampling.process_salt, __ATOMIC_RELEASE);
	__atomic_store_n(&layout()->sample_one_in, sampling.one_in, __ATOMIC_RELEASE);
}

}  // namespace sonde
