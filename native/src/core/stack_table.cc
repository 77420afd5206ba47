#include "stack_table.h"

#include <cstring>

namespace sonde {

namespace {

struct Owner {
	uint64_t start_boottime_ns;
	uint64_t tgid;
};

constexpr size_t kAddressBytes = sizeof(uint64_t);

}  // namespace

uint32_t StackTable::IdOf(const uint8_t *addresses, size_t bytes, uint32_t tgid, uint64_t start_boottime_ns)
{
	Owner owner{start_boottime_ns, tgid};

	bytes -= bytes % kAddressBytes;
	if (bytes == 0)
		return 0;
	key_.assign(reinterpret_cast<const char *>(&owner), sizeof(owner));
	key_.append(reinterpret_cast<const char *>(addresses), bytes);
	// Not while some of them wait to be taken.
	if (entries_.size() >= kMostStacks && mentioned_.empty())
		entries_.clear();
	auto [found, is_new] = entries_.try_emplace(key_, Entry{last_id_ + 1, false});
	if (is_new)
		last_id_++;
	if (!found->second.is_mentioned) {
		found->second.is_mentioned = true;
		mentioned_.push_back(&*found);
	}
	return found->second.id;
}

std::vector<Stack> StackTable::Take()
{
	std::vector<Stack> stacks;

	for (auto *entry : mentioned_) {
		const auto &[key, value] = *entry;
		Owner owner;

		memcpy(&owner, key.data(), sizeof(owner));
		std::vector<uint64_t> addresses((key.size() - sizeof(owner)) / kAddressBytes);
		memcpy(addresses.data(), key.data() + sizeof(owner), addresses.size() * kAddressBytes);
		stacks.push_back({value.id, owner.tgid != 0, static_cast<uint32_t>(owner.tgid), owner.start_boottime_ns,
				  std::move(addresses)});
		entry->second.is_mentioned = false;
	}
	mentioned_.clear();
	return stacks;
}

}  // namespace sonde
