// The stacks of a trace: each gets a number when it first comes, which stands in events in its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sonde {

// A stack that events name.
struct Stack {
	uint32_t id;
	bool is_user;
	// Of user stacks: whose addresses they are.
	uint32_t tgid;
	uint64_t start_boottime_ns;
	std::vector<uint64_t> addresses;  // innermost first
};

class StackTable {
public:
	// More than a trace's code has; beyond, all are forgotten and get new numbers.
	static constexpr size_t kMostStacks = 65536;

	// The number of a stack, from 1; 0 for an empty one. `tgid` and `start_boottime_ns` are 0 for kernel stacks.
	uint32_t IdOf(const uint8_t *addresses, size_t bytes, uint32_t tgid, uint64_t start_boottime_ns);
	// The stacks that have been asked for since the last call, each once.
	std::vector<Stack> Take();

private:
	struct Entry {
		uint32_t id;
		bool is_mentioned;
	};

	// By addresses and process, in their bytes.
	std::unordered_map<std::string, Entry> entries_;
	std::string key_;
	std::vector<std::unordered_map<std::string, Entry>::pointer> mentioned_;
	uint32_t last_id_ = 0;
};

}  // namespace sonde
