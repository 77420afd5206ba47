#include "filter_maps.h"

#include <bpf/bpf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cgroup_trees.h"
#include "error.h"
#include "map_memory.h"
#include "process_parents.h"

namespace sonde {

namespace {

Fd MakeMap(const FilterMapOptions &options)
{
	uint32_t count = static_cast<uint32_t>(options.keys.size()) / options.key_bytes;
	// The kernel makes tries only in pieces.
	bool trie = options.kind == FilterMapKind::kTrie;
	LIBBPF_OPTS(bpf_map_create_opts, settings, .map_flags = static_cast<uint32_t>(trie ? BPF_F_NO_PREALLOC : 0));
	Fd map(bpf_map_create(trie ? BPF_MAP_TYPE_LPM_TRIE : BPF_MAP_TYPE_HASH, "sonde_filter",
			      options.key_bytes, sizeof(uint8_t), std::max(count, 1U), &settings));

	if (map.get() < 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot create a map for a filter", errno));
	for (uint32_t i = 0; i < count; i++) {
		uint8_t there = 1;

		if (bpf_map_update_elem(map.get(), options.keys.data() + size_t{i} * options.key_bytes, &there, BPF_ANY) != 0)
			throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot fill a map for a filter", errno));
	}
	return map;
}

std::shared_ptr<Descendants> MakeTree(const FilterMapOptions &options)
{
	if (options.kind == FilterMapKind::kCgroupTree)
		return options.cgroup_trees->Below(options.root, options.directory, options.object);
	return std::make_shared<Descendants>(options.object, options.root, ReadProcessParents);
}

}  // namespace

// Gives its descriptor.
int FilterMaps::Make(const FilterMapOptions &options)
{
	if (options.kind == FilterMapKind::kProcessTree || options.kind == FilterMapKind::kCgroupTree) {
		trees_.push_back(MakeTree(options));
		return trees_.back()->map_fd();
	}
	maps_.push_back(MakeMap(options));
	return maps_.back().get();
}

FilterMaps::FilterMaps(const FilterPart &part) : code_(part.code)
{
	std::vector<int> fds;

	for (const FilterMapOptions &options : part.maps)
		fds.push_back(Make(options));
	for (const MapReference &reference : part.references) {
		size_t at = size_t{reference.slot} * sizeof(bpf_insn);

		if (reference.map >= fds.size() || at + 2 * sizeof(bpf_insn) > code_.size())
			throw Error(ErrorCode::kInvalidArgument, "a filter refers to a map that it does not have");
		bpf_insn instruction;
		memcpy(&instruction, &code_[at], sizeof(instruction));
		instruction.imm = fds[reference.map];
		memcpy(&code_[at], &instruction, sizeof(instruction));
	}
}

uint64_t FilterMaps::MemoryBytes() const
{
	uint64_t bytes = 0;

	for (const Fd &map : maps_)
		bytes += MapMemoryBytes(map.get());
	for (const auto &tree : trees_)
		bytes += tree->MemoryBytes();
	return bytes;
}

std::string FilterMaps::Failure() const
{
	for (const auto &tree : trees_) {
		std::string failure = tree->Failure();

		if (!failure.empty())
			return failure;
	}
	return "";
}

}  // namespace sonde
