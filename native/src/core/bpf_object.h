// The BPF programs and maps of one probe in one trace, from the ELF image that the package carries.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <bpf/libbpf.h>

namespace sonde {

// What the programs read as constants, and the maps that all probes of a trace share.
struct BpfSettings {
	uint32_t probe_index;
	uint32_t ring_mask;
	uint64_t ring_wakeup_bytes;
	bool keep_arguments;  // the kernel has no bpf_task_pt_regs
	uint32_t cpus;
	int rings_fd;
	int allowance_fd;
};

// How the kernel sees one program. Source: struct bpf_prog_info.
struct ProgramInfo {
	std::string name;
	std::string attach_point;  // empty: reached by a tail call
	uint32_t id;
	uint64_t run_count;
	uint64_t run_time_ns;
	uint64_t recursion_misses;
	uint32_t verified_instructions;
};

class BpfObject {
public:
	// Parses and loads; nothing is attached yet. Throws Error(kInvalidObject), Error(kKernelRefused).
	BpfObject(const std::string &elf, const BpfSettings &settings);
	~BpfObject();
	BpfObject(const BpfObject &) = delete;
	BpfObject &operator=(const BpfObject &) = delete;

	// Puts the body in its slot, then attaches the entries. Throws Error(kAttachFailed).
	void Attach();
	// May be called twice.
	void Detach();

	// Throws Error(kInvalidObject).
	int MapFd(const char *name) const;
	std::vector<ProgramInfo> Programs() const;
	// Runs that the kernel skipped, of the programs that make events.
	uint64_t RecursionMisses() const;

private:
	void SetMaps(const BpfSettings &settings);
	void SetConstants(const BpfSettings &settings);
	void ChoosePrograms(bool keep_arguments);
	void AttachAll(bool starts);

	struct Close {
		void operator()(bpf_object *object) const { bpf_object__close(object); }
		void operator()(bpf_link *link) const { bpf_link__destroy(link); }
	};

	std::unique_ptr<bpf_object, Close> object_;
	std::vector<std::unique_ptr<bpf_link, Close>> links_;
};

}  // namespace sonde
