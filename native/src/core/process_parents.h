// Which process has which parent, by tgid.
#pragma once

#include "descendants.h"

namespace sonde {

// From /proc. Processes whose parent has ended before are only known as children of whoever took them over. Throws
// Error(kKernelRefused).
Parents ReadProcessParents();

}  // namespace sonde
