// The privileges of this process, given up for good.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sonde {

struct Restart {
	// Bits of include/uapi/linux/capability.h: those that stay, as far as they are there.
	uint64_t capabilities;
	// Memory may be locked without limit, as far as that may be raised: it stays so.
	bool unlimited_locked_memory;
	// The program, by its path, and its arguments; the first is what it is called by.
	std::string program;
	std::vector<std::string> arguments;
};

// Gives up all capabilities but these, and those that execve would give, and runs the program in place of this one, with
// the same process id. Capabilities belong to threads, of which Node has several before any JavaScript runs: execve leaves
// only the one that calls it, from which all later ones have theirs. Does not come back; throws kKernelRefused.
[[noreturn]] void RestartProcess(const Restart &restart);

}  // namespace sonde
