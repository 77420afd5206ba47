// A compiled filter, as plain data; service/filter makes it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace sonde {

class CgroupTrees;

enum class FilterMapKind {
	kHash,
	kTrie,         // of prefixes
	kProcessTree,  // the processes that descend from one, by tgid in 64 bits
	kCgroupTree,   // the groups below one, by id
};

struct FilterMapOptions {
	FilterMapKind kind;
	uint32_t key_bytes;
	std::string keys;    // one behind the other
	std::string object;  // of a tree: the ELF image of its tracker
	uint64_t root;       // and whose descendants
	// Of a tree of groups: where the first one is, and where trees are shared.
	std::string directory;
	std::shared_ptr<CgroupTrees> cgroup_trees;
};

// Where a program loads the address of a map: the slot of the instruction, and the index of the map.
struct MapReference {
	uint32_t slot;
	uint32_t map;
};

struct FilterPart {
	std::string code;  // eBPF instructions; empty: there is no such part
	std::vector<MapReference> references;
	std::vector<FilterMapOptions> maps;
};

struct FilterOptions {
	FilterPart early;
	FilterPart late;
	uint32_t early_context = 0;  // what the early part reads, bits of enum sonde_context
	uint32_t late_context = 0;   // what the late part reads beside that
};

}  // namespace sonde
