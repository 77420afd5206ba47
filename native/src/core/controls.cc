#include "controls.h"

#include <algorithm>

namespace sonde {

namespace {

constexpr uint64_t kNsPerSecond = 1000000000ULL;
constexpr uint32_t kBurstsPerSecond = 10;

}  // namespace

Controls::Controls(int map_fd) : mapping_(map_fd, PageSize(), true) {}

void Controls::Pause() { __atomic_store_n(&layout()->paused, 1, __ATOMIC_RELEASE); }

void Controls::SampleOneIn(uint32_t n) { __atomic_store_n(&layout()->sample_one_in, n, __ATOMIC_RELEASE); }

Allowance::Allowance(int map_fd, uint32_t events_per_second, uint64_t now_ns)
    : mapping_(map_fd, PageSize(), true), rate_(events_per_second),
      burst_(std::max<int64_t>(1, events_per_second / kBurstsPerSecond)), last_ns_(now_ns)
{
	__atomic_store_n(static_cast<int64_t *>(mapping_.data()), burst_, __ATOMIC_RELEASE);
}

void Allowance::Refill(uint64_t now_ns)
{
	auto *events = static_cast<int64_t *>(mapping_.data());
	uint64_t elapsed = std::min(now_ns - last_ns_, kNsPerSecond);
	uint64_t earned = elapsed * rate_ + remainder_;
	int64_t room = burst_ - __atomic_load_n(events, __ATOMIC_ACQUIRE);
	int64_t add = std::min(static_cast<int64_t>(earned / kNsPerSecond), room);

	last_ns_ = now_ns;
	remainder_ = earned % kNsPerSecond;
	if (add > 0)
		__atomic_fetch_add(events, add, __ATOMIC_ACQ_REL);
}

}  // namespace sonde
