// The maps that one part of a filter asks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "descendants.h"
#include "filter.h"
#include "mapping.h"

namespace sonde {

class FilterMaps {
public:
	// Creates and fills them. Throws Error(kKernelRefused), Error(kInvalidArgument).
	explicit FilterMaps(const FilterPart &part);
	FilterMaps() = default;

	// The code of the part, with the descriptors of the maps in it.
	const std::string &code() const { return code_; }
	// What the kernel charges for them; for a tree that others ask too, all of it.
	uint64_t MemoryBytes() const;
	// Why the maps do not hold what they should; empty while they do.
	std::string Failure() const;

private:
	std::string code_;
	int Make(const FilterMapOptions &options);

	std::vector<Fd> maps_;
	std::vector<std::shared_ptr<Descendants>> trees_;
};

}  // namespace sonde
