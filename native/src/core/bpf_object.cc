#include "bpf_object.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "error.h"
#include "map_memory.h"
#include "read_only_data.h"
#include "section.h"

namespace sonde {

namespace {

// Calls under way at the same time; beyond, events are counted as start_lost.
constexpr uint32_t kCallsUnderWay = 10240;

// BPF_LOG_STATS in include/linux/bpf_verifier.h: a few lines at the end. Unlike a whole log it cannot outgrow its buffer,
// which 5.10 takes for a failure of the load.
constexpr uint32_t kStatisticsOnly = 4;
constexpr size_t kStatisticsBytes = 4096;

// From "processed 1234 insns (limit 1000000) ..."; 0 if it does not say.
uint32_t VerifiedInstructions(const char *statistics)
{
	const char *found = strstr(statistics, "processed ");
	uint32_t count = 0;

	return found != nullptr && sscanf(found, "processed %" SCNu32 " insns", &count) == 1 ? count : 0;
}

bpf_map *FindMap(bpf_object *object, const char *name)
{
	bpf_map *map = bpf_object__find_map_by_name(object, name);

	if (map == nullptr)
		throw Error(ErrorCode::kInvalidObject, std::string("the BPF object has no map ") + name);
	return map;
}

// Made by the trace for all its probes.
constexpr const char *kRings = "rings", *kAllowance = "allowance";

bool IsShared(const bpf_map *map)
{
	std::string name = bpf_map__name(map);

	return name == kRings || name == kAllowance;
}

bool ReadInfo(const bpf_program *program, bpf_prog_info *info)
{
	uint32_t size = sizeof(*info);
	int fd = bpf_program__fd(program);

	memset(info, 0, sizeof(*info));
	return fd >= 0 && bpf_obj_get_info_by_fd(fd, info, &size) == 0;
}

}  // namespace

BpfObject::BpfObject(const std::string &elf, const BpfSettings &settings)
{
	std::map<std::string, std::vector<char>> statistics;
	LibbpfLog log;

	Open(elf, settings, log);
	AskForStatistics(&statistics);
	if (bpf_object__load(object_.get()) == 0) {
		for (const auto &[name, text] : statistics)
			verified_[name] = VerifiedInstructions(text.data());
		return;
	}
	// Again, for a log that explains: together with the statistics libbpf asks for none.
	Open(elf, settings, log);
	int error = bpf_object__load(object_.get());
	if (error != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("the kernel refused the BPF programs", error),
			    log.Tail());
}

void BpfObject::Open(const std::string &elf, const BpfSettings &settings, const LibbpfLog &log)
{
	object_.reset(bpf_object__open_mem(elf.data(), elf.size(), nullptr));
	if (!object_)
		throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot open the BPF object", errno),
			    log.Tail());
	SetMaps(settings);
	SetConstants(settings);
	ChoosePrograms(settings);
}

void BpfObject::AskForStatistics(std::map<std::string, std::vector<char>> *statistics)
{
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		if (!bpf_program__autoload(program))
			continue;
		std::vector<char> &text = (*statistics)[bpf_program__name(program)];
		text.resize(kStatisticsBytes);
		bpf_program__set_log_level(program, kStatisticsOnly);
		bpf_program__set_log_buf(program, text.data(), text.size());
	}
}

BpfObject::~BpfObject() { Detach(); }

void BpfObject::SetMaps(const BpfSettings &settings)
{
	bpf_object *object = object_.get();

	if (bpf_map__set_max_entries(FindMap(object, "counters"), settings.cpus) != 0 ||
	    bpf_map__reuse_fd(FindMap(object, kRings), settings.rings_fd) != 0 ||
	    bpf_map__reuse_fd(FindMap(object, kAllowance), settings.allowance_fd) != 0)
		throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot set up the maps", errno));
	bpf_map *calls = bpf_object__find_map_by_name(object, "calls_under_way");
	if (calls != nullptr && settings.keep_arguments)
		bpf_map__set_max_entries(calls, kCallsUnderWay);
}

void BpfObject::SetConstants(const BpfSettings &settings)
{
	ReadOnlyData constants(object_.get());

	constants.Set<uint32_t>("sonde_probe_index", settings.probe_index);
	constants.Set<uint32_t>("sonde_generation", 1);
	constants.Set<uint32_t>("sonde_ring_mask", settings.ring_mask);
	constants.Set<uint64_t>("sonde_ring_wakeup_bytes", settings.ring_wakeup_bytes);
	constants.Set<uint8_t>("sonde_keep_arguments", settings.keep_arguments);
	constants.Apply();
}

void BpfObject::ChoosePrograms(const BpfSettings &settings)
{
	bpf_program *program;
	bool has_body = false;

	bpf_object__for_each_program(program, object_.get())
	{
		bool chosen = Section(program).kind == settings.attach_kind &&
			      (!IsStart(program) || settings.keep_arguments);

		bpf_program__set_autoload(program, chosen);
		has_body = has_body || (chosen && IsBody(program));
	}
	if (!has_body)
		throw Error(ErrorCode::kInvalidObject, "the BPF object has no body for " + settings.attach_kind);
}

void BpfObject::Attach()
{
	bpf_program *program;
	int bodies = MapFd("bodies");

	bpf_object__for_each_program(program, object_.get())
	{
		uint32_t slot = 0;
		int fd = bpf_program__fd(program);

		if (IsBody(program) && fd >= 0 && bpf_map_update_elem(bodies, &slot, &fd, BPF_ANY) != 0)
			throw Error(ErrorCode::kAttachFailed,
				    ErrnoMessage("cannot place the body of the probe", errno));
	}
	// Starts first: then fewer calls are seen that began before the trace.
	AttachAll(true);
	AttachAll(false);
}

void BpfObject::AttachAll(bool starts)
{
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		if (bpf_program__autoload(program) && !IsBody(program) && IsStart(program) == starts)
			links_.Attach(program);
	}
}

void BpfObject::Detach()
{
	uint32_t slot = 0;

	links_.Detach();
	// Else the body stays loaded until the kernel's worker frees the map, some time after we have said that it is gone.
	if (object_)
		bpf_map_delete_elem(MapFd("bodies"), &slot);
}

int BpfObject::MapFd(const char *name) const { return bpf_map__fd(FindMap(object_.get(), name)); }

uint64_t BpfObject::MemoryBytes() const
{
	uint64_t bytes = 0;
	bpf_map *map;

	bpf_object__for_each_map(map, object_.get())
	{
		if (!IsShared(map))
			bytes += MapMemoryBytes(bpf_map__fd(map));
	}
	return bytes;
}

std::vector<ProgramInfo> BpfObject::Programs() const
{
	std::vector<ProgramInfo> programs;
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		bpf_prog_info info;

		if (!ReadInfo(program, &info))
			continue;
		std::string name = bpf_program__name(program);
		auto verified = verified_.find(name);
		programs.push_back({name, IsBody(program) ? "" : bpf_program__section_name(program), info.id,
				    info.run_cnt, info.run_time_ns, info.recursion_misses,
				    verified == verified_.end() ? 0 : verified->second});
	}
	return programs;
}

uint64_t BpfObject::Misses() const
{
	uint64_t misses = links_.Misses();
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		bpf_prog_info info;

		// A start that was skipped shows as start_lost.
		if (!IsBody(program) && !IsStart(program) && ReadInfo(program, &info))
			misses += info.recursion_misses;
	}
	return misses;
}

}  // namespace sonde
