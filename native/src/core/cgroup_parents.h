// Which group of cgroup v2 is in which, by id.
#pragma once

#include <string>

#include "descendants.h"

namespace sonde {

// Of the groups below a directory of cgroupfs; none if it is not there any more. Throws Error(kKernelRefused).
Parents ReadCgroupParents(const std::string &directory);

}  // namespace sonde
