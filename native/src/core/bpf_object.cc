#include "bpf_object.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "error.h"
#include "map_memory.h"
#include "open_object.h"
#include "perf_events.h"
#include "placeholder.h"
#include "read_only_data.h"
#include "section.h"
#include "uprobe_multi.h"

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

// The map that holds a body: named like it, or, if all entries of a kind call the same one, `bodies`.
constexpr const char *kBodies = "bodies";

const bpf_map *SlotOf(const bpf_object *object, const bpf_program *body)
{
	std::string name = bpf_program__name(body);
	std::string own = name.substr(0, name.size() - strlen("body")) + kBodies;
	const bpf_map *map = bpf_object__find_map_by_name(object, own.c_str());

	if (map == nullptr)
		map = bpf_object__find_map_by_name(object, kBodies);
	if (map == nullptr)
		throw Error(ErrorCode::kInvalidObject, "the BPF object has no map " + own);
	return map;
}

bool ReadInfo(const bpf_program *program, bpf_prog_info *info)
{
	uint32_t size = sizeof(*info);
	int fd = bpf_program__fd(program);

	memset(info, 0, sizeof(*info));
	return fd >= 0 && bpf_obj_get_info_by_fd(fd, info, &size) == 0;
}

}  // namespace

BpfObject::BpfObject(const ProgramOptions &options, const BpfSettings &settings, const BpfObject *entries)
    : image_(options.object), attach_points_(options.attach_points), keep_arguments_(options.keep_arguments),
      uprobe_multi_(options.uprobe_multi),
      generation_(options.generation), constants_(options.constants), early_context_(options.filter.early_context),
      late_context_(options.filter.late_context), early_(options.filter.early), late_(options.filter.late)
{
	std::map<std::string, std::vector<char>> statistics;
	LibbpfLog log;

	if (!early_.code().empty())
		FillPlaceholder(&image_, "filter_early", early_.code());
	if (!late_.code().empty())
		FillPlaceholder(&image_, "filter_late", late_.code());
	Open(settings, entries, log);
	AskForStatistics(&statistics);
	if (bpf_object__load(object_.get()) == 0) {
		for (const auto &[name, text] : statistics)
			verified_[name] = VerifiedInstructions(text.data());
		image_ = std::string();
		return;
	}
	// Again, for a log that explains: together with the statistics libbpf asks for none.
	Open(settings, entries, log);
	int error = bpf_object__load(object_.get());
	if (error != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("the kernel refused the BPF programs", error),
			    log.Tail());
}

void BpfObject::Open(const BpfSettings &settings, const BpfObject *entries, const LibbpfLog &log)
{
	object_.reset(OpenObject(image_.data(), image_.size()));
	if (!object_)
		throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot open the BPF object", errno),
			    log.Tail());
	SetMaps(settings, entries);
	SetConstants(settings);
	ChoosePrograms(entries != nullptr);
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

void BpfObject::SetMaps(const BpfSettings &settings, const BpfObject *entries)
{
	bpf_object *object = object_.get();
	std::map<std::string, int> borrowed = {{kRings, settings.rings_fd}, {kAllowance, settings.allowance_fd}};
	bpf_map *calls = bpf_object__find_map_by_name(object, "calls_under_way");
	bpf_map *owners = bpf_object__find_map_by_name(object, "scratch_owners");

	if (entries != nullptr) {
		const bpf_map *map;

		// All but constants: what is under way goes on under the new body.
		bpf_object__for_each_map(map, entries->object_.get())
		{
			if (!bpf_map__is_internal(map))
				borrowed[bpf_map__name(map)] = bpf_map__fd(map);
		}
	} else if (bpf_map__set_max_entries(FindMap(object, "counters"), settings.cpus) != 0 ||
		   (calls != nullptr && keep_arguments_ && bpf_map__set_max_entries(calls, kCallsUnderWay) != 0) ||
		   (owners != nullptr &&
		    bpf_map__set_max_entries(owners, bpf_map__max_entries(owners) * settings.cpus) != 0)) {
		throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot set up the maps", errno));
	}
	for (const auto &[name, fd] : borrowed) {
		if (bpf_map__reuse_fd(FindMap(object, name.c_str()), fd) != 0)
			throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot use the map " + name, errno));
		borrowed_.insert(name);
	}
}

void BpfObject::SetConstants(const BpfSettings &settings)
{
	ReadOnlyData constants(object_.get());

	constants.Set<uint32_t>("sonde_probe_index", settings.probe_index);
	constants.Set<uint32_t>("sonde_generation", generation_);
	constants.Set<uint32_t>("sonde_ring_mask", settings.ring_mask);
	constants.Set<uint64_t>("sonde_ring_wakeup_bytes", settings.ring_wakeup_bytes);
	constants.Set<uint8_t>("sonde_keep_arguments", keep_arguments_);
	constants.Set<uint8_t>("sonde_has_early_filter", !early_.code().empty());
	constants.Set<uint8_t>("sonde_has_late_filter", !late_.code().empty());
	constants.Set<uint32_t>("sonde_early_context", early_context_);
	constants.Set<uint32_t>("sonde_late_context", late_context_);
	for (const auto &[name, bytes] : constants_)
		constants.SetBytes(name, bytes);
	constants.Apply();
}

void BpfObject::ChoosePrograms(bool body_only)
{
	std::set<std::string_view> kinds;
	bpf_program *program;
	bool has_body = false;

	for (const std::string &section : attach_points_)
		kinds.insert(Section(section).kind);
	bpf_object__for_each_program(program, object_.get())
	{
		Section section(program);
		bool is_point = attach_points_.count(bpf_program__section_name(program)) != 0;
		bool is_called = is_point || (section.attach_point.empty() && kinds.count(section.kind) != 0);
		bool chosen = IsBody(program) ? is_called : !body_only && is_point;

		bpf_program__set_autoload(program, chosen);
		// libbpf knows the section only without a name behind it.
		if (section.kind == kPerfEventKind)
			bpf_program__set_type(program, BPF_PROG_TYPE_PERF_EVENT);
		if (uprobe_multi_ && section.IsUser())
			bpf_program__set_expected_attach_type(program,
							      static_cast<bpf_attach_type>(kUprobeMultiAttachType));
		has_body = has_body || (chosen && IsBody(program));
	}
	if (!has_body)
		throw Error(ErrorCode::kInvalidObject, "the BPF object has no body for these attach points");
}

void BpfObject::PlaceBodies(const BpfObject &entries)
{
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		uint32_t slot = 0;
		int fd = bpf_program__fd(program);

		if (!IsBody(program) || fd < 0)
			continue;
		int bodies = bpf_map__fd(SlotOf(entries.object_.get(), program));
		if (bpf_map_update_elem(bodies, &slot, &fd, BPF_ANY) != 0)
			throw Error(ErrorCode::kAttachFailed,
				    ErrnoMessage("cannot place the body of the probe", errno));
	}
}

void BpfObject::ReplaceBodies(const BpfObject &entries) { PlaceBodies(entries); }

std::pair<FilterMaps, FilterMaps> BpfObject::UnloadBodies()
{
	std::pair<FilterMaps, FilterMaps> asked(std::move(early_), std::move(late_));
	bpf_program *program;

	early_ = FilterMaps();
	late_ = FilterMaps();
	bpf_object__for_each_program(program, object_.get())
	{
		if (IsBody(program))
			bpf_program__unload(program);
	}
	return asked;
}

void BpfObject::Attach()
{
	PlaceBodies(*this);
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
			links_.Attach(program, uprobe_multi_);
	}
}

void BpfObject::Detach()
{
	const bpf_map *map;

	links_.Detach();
	if (!object_)
		return;
	// Else bodies stay loaded until the kernel's worker frees the map, some time after we have said that they are gone.
	bpf_object__for_each_map(map, object_.get())
	{
		uint32_t slot = 0;

		if (bpf_map__type(map) == BPF_MAP_TYPE_PROG_ARRAY && borrowed_.count(bpf_map__name(map)) == 0)
			bpf_map_delete_elem(bpf_map__fd(map), &slot);
	}
}

int BpfObject::MapFd(const char *name) const { return bpf_map__fd(FindMap(object_.get(), name)); }

uint64_t BpfObject::MemoryBytes() const
{
	uint64_t bytes = early_.MemoryBytes() + late_.MemoryBytes();
	bpf_map *map;

	bpf_object__for_each_map(map, object_.get())
	{
		if (borrowed_.count(bpf_map__name(map)) == 0)
			bytes += MapMemoryBytes(bpf_map__fd(map));
	}
	return bytes;
}

std::string BpfObject::FilterFailure() const
{
	std::string failure = early_.Failure();

	return failure.empty() ? late_.Failure() : failure;
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
