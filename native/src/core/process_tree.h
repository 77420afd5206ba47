// The processes that descend from one, itself among them, as a set that filters ask; see bpf/trackers/process_tree.bpf.c.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <bpf/libbpf.h>

#include "mapping.h"

namespace sonde {

class ProcessTree {
public:
	// Loads and attaches, and puts in those that exist. Processes whose parent has ended before are only known to descend
	// from whoever took them over. Throws Error(kKernelRefused), Error(kAttachFailed), Error(kInvalidObject).
	ProcessTree(const std::string &image, uint32_t root);
	ProcessTree(const ProcessTree &) = delete;
	ProcessTree &operator=(const ProcessTree &) = delete;

	int map_fd() const { return members_; }
	uint64_t MemoryBytes() const;
	// Processes that found no room in the set.
	uint32_t Lost() const;

private:
	// Mirrors struct tree_state.
	struct State {
		uint32_t recording;
		uint32_t lost;
	};

	int MapFd(const char *name) const;
	State *state() const { return static_cast<State *>(state_.data()); }
	void Attach(const char *program, bpf_link **link);
	void AddExisting(uint32_t root);

	struct CloseObject {
		void operator()(bpf_object *object) const { bpf_object__close(object); }
	};
	struct CloseLink {
		void operator()(bpf_link *link) const { bpf_link__destroy(link); }
	};

	std::unique_ptr<bpf_object, CloseObject> object_;
	std::unique_ptr<bpf_link, CloseLink> fork_, exit_;
	int members_ = -1;
	Mapping state_;
};

}  // namespace sonde
