// What keeps others from giving eBPF programs to the kernel, and who they were; see bpf/guard/guard.bpf.c.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <bpf/libbpf.h>

#include "mapping.h"
#include "ring.h"

namespace sonde {

// What is guarded, by enum guarded of the program.
constexpr std::array<const char *, 5> kGuardedNames = {"prog_load", "prog_get_fd_by_id", "map_get_fd_by_id",
						       "link_get_fd_by_id", "ptrace"};

struct GuardCounts {
	uint64_t passed;
	std::array<uint64_t, kGuardedNames.size()> refused;  // in audit mode: would have been
	uint64_t untold;				     // of these, found no room in the ring
	uint64_t missed;				     // calls that the kernel let pass without asking
};

// One call that was refused, or would have been. Ids are the host's.
struct Refusal {
	const char *guarded;
	uint32_t pid;  // of the thread
	uint32_t tgid;
	uint32_t uid;
	uint64_t device;  // of the executable, as the kernel numbers it
	uint64_t inode;
	std::string comm;
	std::string executable;	 // as its process sees it; may lack its beginning
};

class Guard {
public:
	// Loads and attaches: from then on the calling process and processes of the executables in `allow`, absolute paths,
	// pass. Throws Error(kInvalidArgument): an executable cannot be opened; Error(kKernelRefused), Error(kAttachFailed),
	// Error(kInvalidObject).
	Guard(const std::string &image, bool enforce, const std::vector<std::string> &allow);
	Guard(const Guard &) = delete;
	Guard &operator=(const Guard &) = delete;

	GuardCounts Counts() const;
	// Those since the last call, oldest first. One thread.
	std::vector<Refusal> Take();

private:
	struct Counts_ {
		uint64_t passed;
		uint64_t refused[kGuardedNames.size()];
		uint64_t untold;
	};

	bpf_program *Program(const char *name) const;
	int MapFd(const char *name) const;
	void Run(const char *program, uint64_t argument);
	void Allow(const std::string &path);
	void Seal();
	void Attach(const char *program, const std::string &log);
	void Try();
	const Counts_ *counts() const { return static_cast<const Counts_ *>(counts_.data()); }

	struct CloseObject {
		void operator()(bpf_object *object) const { bpf_object__close(object); }
	};
	struct CloseLink {
		void operator()(bpf_link *link) const { bpf_link__destroy(link); }
	};

	Ring ring_;
	std::unique_ptr<bpf_object, CloseObject> object_;
	Mapping counts_;
	// Held open, so that no other file can get their numbers.
	std::vector<Fd> executables_;
	std::vector<std::unique_ptr<bpf_link, CloseLink>> links_;
};

}  // namespace sonde
