// The ring buffers of a trace, and the map in which its programs find the one of their CPU.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "mapping.h"
#include "ring.h"

namespace sonde {

class Rings {
public:
	// `count` and `bytes`, of each ring, are powers of two. Throws Error(kKernelRefused).
	Rings(uint32_t count, uint32_t bytes);

	// The map that programs know as `rings`.
	int map_fd() const { return map_.get(); }
	std::vector<int> Fds() const;
	// What the kernel charges for all of it.
	uint64_t MemoryBytes() const;

	// Ring::Consume of one after the other. Reader thread only.
	template <typename Take> bool Consume(Take &&take)
	{
		bool all = true;

		for (auto &ring : rings_)
			all = ring->Consume(take) && all;
		return all;
	}

private:
	std::vector<std::unique_ptr<Ring>> rings_;
	Fd map_;
};

}  // namespace sonde
