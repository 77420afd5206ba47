// The groups below others, one set for all filters that ask for the same group: traces of one tenant all do.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "descendants.h"

namespace sonde {

class CgroupTrees {
public:
	// Those below the group with an id, whose directory is given; lives as long as somebody holds it. Any thread. Throws
	// what Descendants throws.
	std::shared_ptr<Descendants> Below(uint64_t id, const std::string &directory, const std::string &image);

private:
	std::mutex mutex_;
	std::map<uint64_t, std::weak_ptr<Descendants>> trees_;
};

}  // namespace sonde
