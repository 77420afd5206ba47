// The rate limit of a trace: a pool of tokens, and some of them in a cell for each CPU.
//
// Programs take from the cell of their CPU and fetch a chunk from the pool when it is empty; this refills the pool. Each
// event takes exactly one token, and a pool that several CPUs overdraw at once has a debt that the next refills pay first.
// So in t seconds from any refill on, at most rate * t + burst + 2 * cpus * chunk events pass: what was in the pool (a
// burst) and in the cells (a chunk each), what is earned meanwhile, and the debt (a chunk for each CPU).
#pragma once

#include <atomic>
#include <cstdint>

#include "mapping.h"

namespace sonde {

class Allowance {
public:
	// A rate of 0 is no limit. Throws Error(kKernelRefused).
	Allowance(uint32_t cpus, uint32_t events_per_second, uint64_t now_ns);

	// The map that programs know as `allowance`.
	int map_fd() const { return map_.get(); }

	// The rate from the next refill on; whatever is then left of the old one beyond the new burst is gone. Any thread.
	void SetRate(uint32_t events_per_second) { wanted_rate_.store(events_per_second, std::memory_order_release); }

	// Adds what the time since the last call allows, up to a burst: a tenth of a second, at least one event. Reader
	// thread only.
	void Refill(uint64_t now_ns);

private:
	// Mirrors struct sonde_allowance in bpf/include/submit.bpf.h.
	struct Cell {
		int64_t events;
		int64_t chunk;
		uint64_t padding[6];
	};
	static_assert(sizeof(Cell) == 64, "the BPF side has a cache line for each");

	Cell *cells() const { return static_cast<Cell *>(mapping_.data()); }
	Cell *pool() const { return cells(); }
	void BeginRate(uint32_t events_per_second);
	void TakeBack();
	void ShrinkPool();

	uint32_t cpus_;
	Fd map_;
	Mapping mapping_;
	std::atomic<uint32_t> wanted_rate_;

	uint32_t rate_ = 0;
	int64_t burst_ = 0;
	uint64_t last_ns_;
	uint64_t remainder_ = 0;  // of an event, in billionths: slow rates must not round to nothing
	bool settling_ = false;
};

}  // namespace sonde
