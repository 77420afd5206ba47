#include "rings.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>

#include "error.h"
#include "map_memory.h"

namespace sonde {

namespace {

Fd MakeMap(const std::vector<std::unique_ptr<Ring>> &rings)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .inner_map_fd = static_cast<uint32_t>(rings[0]->fd()));
	Fd map(bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "sonde_rings", sizeof(uint32_t), sizeof(uint32_t),
			      static_cast<uint32_t>(rings.size()), &options));

	for (uint32_t i = 0; map.get() >= 0 && i < rings.size(); i++) {
		int fd = rings[i]->fd();

		if (bpf_map_update_elem(map.get(), &i, &fd, BPF_ANY) != 0)
			map.Reset();
	}
	if (map.get() < 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot create the map of ring buffers", errno));
	return map;
}

}  // namespace

Rings::Rings(uint32_t count, uint32_t bytes)
{
	for (uint32_t i = 0; i < count; i++)
		rings_.push_back(std::make_unique<Ring>(bytes));
	map_ = MakeMap(rings_);
}

std::vector<int> Rings::Fds() const
{
	std::vector<int> fds;

	for (const auto &ring : rings_)
		fds.push_back(ring->fd());
	return fds;
}

uint64_t Rings::MemoryBytes() const
{
	uint64_t bytes = MapMemoryBytes(map_.get());

	// Some kernels do not know what a ring takes.
	for (const auto &ring : rings_)
		bytes += std::max<uint64_t>(MapMemoryBytes(ring->fd()), ring->bytes());
	return bytes;
}

}  // namespace sonde
