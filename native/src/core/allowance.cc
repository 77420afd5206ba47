#include "allowance.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>

#include "error.h"

namespace sonde {

namespace {

constexpr uint64_t kNsPerSecond = 1000000000ULL;
constexpr uint32_t kBurstsPerSecond = 10;
// A quarter of the burst may lie in cells of CPUs that make no events.
constexpr int64_t kCellsShare = 4;
// Then one event in so many touches the cache line that all CPUs share.
constexpr int64_t kMostChunk = 64;
// As good as no limit, and far from an overflow: a million events a second take it down in 100,000 years.
constexpr int64_t kUnlimited = INT64_MAX / 2;

Fd MakeMap(uint32_t cells, uint32_t cell_bytes)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	Fd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "sonde_allowance", sizeof(uint32_t), cell_bytes, cells, &options));

	if (map.get() < 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot create the map of the rate limit", errno));
	return map;
}

}  // namespace

Allowance::Allowance(uint32_t cpus, uint32_t events_per_second, uint64_t now_ns)
    : cpus_(cpus), map_(MakeMap(1 + cpus, sizeof(Cell))),
      mapping_(map_.get(), PageAlign(sizeof(Cell) * (1 + cpus)), true), wanted_rate_(events_per_second), last_ns_(now_ns)
{
	BeginRate(events_per_second);
	__atomic_store_n(&pool()->events, burst_, __ATOMIC_RELEASE);
}

void Allowance::BeginRate(uint32_t events_per_second)
{
	int64_t chunk;

	rate_ = events_per_second;
	burst_ = rate_ == 0 ? kUnlimited : std::max<int64_t>(1, rate_ / kBurstsPerSecond);
	chunk = std::clamp<int64_t>(burst_ / (kCellsShare * cpus_), 1, kMostChunk);
	remainder_ = 0;
	__atomic_store_n(&pool()->chunk, chunk, __ATOMIC_RELEASE);
}

// Into the pool: what cells have beyond a chunk of the current rate.
void Allowance::TakeBack()
{
	int64_t chunk = pool()->chunk;

	for (uint32_t cpu = 0; cpu < cpus_; cpu++) {
		int64_t *events = &cells()[1 + cpu].events;
		int64_t excess = __atomic_load_n(events, __ATOMIC_ACQUIRE) - chunk;

		if (excess > 0) {
			__atomic_fetch_sub(events, excess, __ATOMIC_ACQ_REL);
			__atomic_fetch_add(&pool()->events, excess, __ATOMIC_ACQ_REL);
		}
	}
}

void Allowance::ShrinkPool()
{
	int64_t excess = __atomic_load_n(&pool()->events, __ATOMIC_ACQUIRE) - burst_;

	if (excess > 0)
		__atomic_fetch_sub(&pool()->events, excess, __ATOMIC_ACQ_REL);
}

void Allowance::Refill(uint64_t now_ns)
{
	uint32_t wanted = wanted_rate_.load(std::memory_order_acquire);
	bool changed = wanted != rate_;
	uint64_t elapsed = std::min(now_ns - last_ns_, kNsPerSecond);

	last_ns_ = now_ns;
	if (changed)
		BeginRate(wanted);
	// Twice: at the change a program may have been fetching a chunk of the old rate.
	if (changed || settling_) {
		TakeBack();
		ShrinkPool();
	}
	settling_ = changed;
	int64_t room = burst_ - __atomic_load_n(&pool()->events, __ATOMIC_ACQUIRE);
	if (rate_ == 0) {
		__atomic_fetch_add(&pool()->events, room, __ATOMIC_ACQ_REL);
		return;
	}
	uint64_t earned = elapsed * rate_ + remainder_;
	int64_t add = std::min(static_cast<int64_t>(earned / kNsPerSecond), room);
	remainder_ = earned % kNsPerSecond;
	if (add > 0)
		__atomic_fetch_add(&pool()->events, add, __ATOMIC_ACQ_REL);
}

}  // namespace sonde
