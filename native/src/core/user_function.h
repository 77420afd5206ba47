// A function of a library or program in user space, found in the files of this process's mount namespace.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sonde {

struct UserFunction {
	std::string file;
	uint64_t offset = 0;  // of its first instruction in the file
	std::string missing;  // why there is none; empty if there is
};

// `attach_point` is "FILE:FUNCTION": FILE a path, or the name of a library, which is looked for where the dynamic linker
// does. Files are read anew each time: they can be installed while the node runs.
UserFunction FindUserFunction(std::string_view attach_point);

}  // namespace sonde
