#include "cgroup_trees.h"

#include "cgroup_parents.h"

namespace sonde {

std::shared_ptr<Descendants> CgroupTrees::Below(uint64_t id, const std::string &directory, const std::string &image)
{
	std::lock_guard<std::mutex> lock(mutex_);

	for (auto each = trees_.begin(); each != trees_.end();)
		each = each->second.expired() ? trees_.erase(each) : std::next(each);
	auto found = trees_.find(id);
	std::shared_ptr<Descendants> tree = found == trees_.end() ? nullptr : found->second.lock();
	// One that has failed ends the traces that it has, and no others.
	if (tree && tree->Failure().empty())
		return tree;
	tree = std::make_shared<Descendants>(image, id, [&] { return ReadCgroupParents(directory); });
	trees_[id] = tree;
	return tree;
}

}  // namespace sonde
