// What descends from one thing, itself among it, as a set of ids that filters ask; see bpf/include/descendants.bpf.h.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <bpf/libbpf.h>

#include "mapping.h"

namespace sonde {

// Child to parent.
using Parents = std::map<uint64_t, uint64_t>;

class Descendants {
public:
	// Reads what exists. What it cannot see yet must pass the tracker's program later.
	using Read = std::function<Parents()>;

	// Loads a tracker and attaches it, and puts in what exists. Throws Error(kKernelRefused), Error(kAttachFailed),
	// Error(kInvalidObject), and what `read` throws.
	Descendants(const std::string &image, uint64_t root, const Read &read);
	Descendants(const Descendants &) = delete;
	Descendants &operator=(const Descendants &) = delete;

	int map_fd() const { return members_; }
	// What the kernel charges for the maps.
	uint64_t MemoryBytes() const;
	// Why the set is not what it should be; empty while it is.
	std::string Failure() const;

private:
	// Mirrors struct descendants_state.
	struct State {
		uint32_t recording;
		uint32_t lost;
	};

	int MapFd(const char *name) const;
	State *state() const { return static_cast<State *>(state_.data()); }
	void Attach(const char *program, bpf_link **link);
	void AddExisting(uint64_t root, const Read &read);
	// Runs of the programs that the kernel skipped.
	uint64_t Misses() const;

	struct CloseObject {
		void operator()(bpf_object *object) const { bpf_object__close(object); }
	};
	struct CloseLink {
		void operator()(bpf_link *link) const { bpf_link__destroy(link); }
	};

	std::unique_ptr<bpf_object, CloseObject> object_;
	std::unique_ptr<bpf_link, CloseLink> come_, go_;
	int members_ = -1;
	Mapping state_;
};

}  // namespace sonde
