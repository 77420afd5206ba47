// The BPF programs and maps of one probe in one trace, from the ELF image that the package carries.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <bpf/libbpf.h>

#include "filter_maps.h"
#include "libbpf_log.h"
#include "links.h"
#include "trace_options.h"

namespace sonde {

// What the programs read as constants, and the maps that all probes of a trace share.
struct BpfSettings {
	uint32_t probe_index;
	uint32_t ring_mask;
	uint64_t ring_wakeup_bytes;
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
	uint32_t verified_instructions;  // from the verifier's statistics, which also kernels before 5.16 give
};

class BpfObject {
public:
	// Parses and loads; nothing is attached yet. Throws Error(kInvalidObject), Error(kKernelRefused).
	// With `entries`: only other bodies for programs that are loaded already, with their maps.
	BpfObject(const ProgramOptions &options, const BpfSettings &settings, const BpfObject *entries = nullptr);
	~BpfObject();
	BpfObject(const BpfObject &) = delete;
	BpfObject &operator=(const BpfObject &) = delete;

	// Puts the bodies in their slots, then attaches the entries. Throws Error(kAttachFailed).
	void Attach();
	// Puts the bodies in the places of those of `entries`, for all hits from now on. Throws Error(kAttachFailed).
	void ReplaceBodies(const BpfObject &entries);
	// Others are in their places: lets them go. Gives what their filter asked, to be let go of where that may take a while.
	std::pair<FilterMaps, FilterMaps> UnloadBodies();
	// May be called twice.
	void Detach();

	// Throws Error(kInvalidObject).
	int MapFd(const char *name) const;
	// What the kernel charges for the maps that belong to this probe alone.
	uint64_t MemoryBytes() const;
	std::vector<ProgramInfo> Programs() const;
	// Why its filter does not decide any more as it should; empty while it does.
	std::string FilterFailure() const;
	// Hits that the kernel skipped, of the programs that make events.
	uint64_t Misses() const;

private:
	void Open(const BpfSettings &settings, const BpfObject *entries, const LibbpfLog &log);
	// By name of the program; the texts must live until the load.
	void AskForStatistics(std::map<std::string, std::vector<char>> *statistics);
	void SetMaps(const BpfSettings &settings, const BpfObject *entries);
	void SetConstants(const BpfSettings &settings);
	void ChoosePrograms(bool body_only);
	void PlaceBodies(const BpfObject &entries);
	void AttachAll(bool starts);

	struct Close {
		void operator()(bpf_object *object) const { bpf_object__close(object); }
	};

	std::string image_;  // with the filter in it; empty when it has been loaded
	std::set<std::string> attach_points_;
	bool keep_arguments_;
	bool uprobe_multi_;
	uint32_t generation_;
	std::map<std::string, std::string> constants_;
	uint32_t early_context_, late_context_;
	FilterMaps early_, late_;
	std::set<std::string> borrowed_;  // maps that are not its own
	std::unique_ptr<bpf_object, Close> object_;
	std::map<std::string, uint32_t> verified_;  // instructions, by name of the program
	Links links_;
};

}  // namespace sonde
