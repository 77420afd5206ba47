#include "bpf_object.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <string_view>

#include "error.h"

namespace sonde {

namespace {

constexpr std::string_view kStartSection = "tracepoint/syscalls/sys_enter_";
constexpr std::string_view kReturnProbeKind = "kretprobe.multi";
// Calls under way at the same time; beyond, events are counted as start_lost.
constexpr uint32_t kCallsUnderWay = 10240;

// The section of a program is "kind/attach point"; that of a body, which is reached by a tail call, only its kind.
struct Section {
	explicit Section(const bpf_program *program)
	{
		std::string_view name = bpf_program__section_name(program);
		size_t slash = name.find('/');

		kind = name.substr(0, slash);
		if (slash != std::string_view::npos)
			attach_point = name.substr(slash + 1);
	}

	std::string_view kind;
	std::string_view attach_point;
};

bool IsBody(const bpf_program *program) { return Section(program).attach_point.empty(); }

// On the entry of a system call.
bool IsStart(const bpf_program *program)
{
	return std::string_view(bpf_program__section_name(program)).substr(0, kStartSection.size()) == kStartSection;
}

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

bpf_map *FindReadOnlyData(bpf_object *object)
{
	constexpr std::string_view kSuffix = ".rodata";
	bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		std::string_view name = bpf_map__name(map);
		if (name.size() >= kSuffix.size() && name.substr(name.size() - kSuffix.size()) == kSuffix)
			return map;
	}
	return nullptr;
}

// The initial values of the object's `const volatile` variables.
class ReadOnlyData {
public:
	explicit ReadOnlyData(bpf_object *object) : btf_(bpf_object__btf(object)), map_(FindReadOnlyData(object))
	{
		size_t size = 0;
		int id = btf__find_by_name_kind(btf_, ".rodata", BTF_KIND_DATASEC);
		auto *initial = map_ == nullptr ? nullptr
						: static_cast<const uint8_t *>(bpf_map__initial_value(map_, &size));

		if (initial == nullptr || id < 0)
			throw Error(ErrorCode::kInvalidObject, "the BPF object has no read-only data");
		data_.assign(initial, initial + size);
		section_ = btf__type_by_id(btf_, static_cast<uint32_t>(id));
	}

	void Apply()
	{
		int error = bpf_map__set_initial_value(map_, data_.data(), data_.size());

		if (error != 0)
			throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot set read-only data", error));
	}

	template <typename T> void Set(std::string_view name, T value)
	{
		const btf_var_secinfo *info = btf_var_secinfos(section_);

		for (uint16_t i = 0; i < btf_vlen(section_); i++, info++) {
			const btf_type *variable = btf__type_by_id(btf_, info->type);

			if (name != btf__name_by_offset(btf_, variable->name_off))
				continue;
			if (info->size != sizeof(value) || info->offset + sizeof(value) > data_.size())
				throw Error(ErrorCode::kInvalidObject,
					    "the BPF object has another size for " + std::string(name));
			memcpy(data_.data() + info->offset, &value, sizeof(value));
			return;
		}
		throw Error(ErrorCode::kInvalidObject, "the BPF object has no constant " + std::string(name));
	}

private:
	const btf *btf_;
	bpf_map *map_;
	const btf_type *section_ = nullptr;
	std::vector<uint8_t> data_;
};

bpf_link *AttachProgram(const bpf_program *program)
{
	Section section(program);

	if (section.kind != kReturnProbeKind)
		return bpf_program__attach(program);
	// By name: for a pattern, which libbpf would take the section for, it reads all symbols of the kernel each time.
	const char *symbol = section.attach_point.data();
	LIBBPF_OPTS(bpf_kprobe_multi_opts, options, .syms = &symbol, .cnt = 1, .retprobe = true);
	return bpf_program__attach_kprobe_multi_opts(program, nullptr, &options);
}

// Hits that a link to a kernel function skipped before its program was reached; 0 before 6.7 and for other links.
// Source: struct bpf_link_info in include/uapi/linux/bpf.h; the headers of older distributions end before this member.
uint64_t LinkMisses(const bpf_link *link)
{
	struct {
		uint32_t type, id, prog_id, padding;
		uint64_t addresses;
		uint32_t count, flags;
		uint64_t missed;
	} info{};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &size) != 0 || info.type != BPF_LINK_TYPE_KPROBE_MULTI ||
	    size < sizeof(info))
		return 0;
	return info.missed;
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
	    bpf_map__reuse_fd(FindMap(object, "rings"), settings.rings_fd) != 0 ||
	    bpf_map__reuse_fd(FindMap(object, "allowance"), settings.allowance_fd) != 0)
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
	LibbpfLog log;
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		if (!bpf_program__autoload(program) || IsBody(program) || IsStart(program) != starts)
			continue;
		bpf_link *link = AttachProgram(program);
		if (link == nullptr)
			throw Error(ErrorCode::kAttachFailed,
				    ErrnoMessage(std::string("cannot attach to ") + bpf_program__section_name(program),
						 errno),
				    log.Tail());
		std::lock_guard<std::mutex> lock(links_mutex_);
		links_.emplace_back(link);
	}
}

void BpfObject::Detach()
{
	uint32_t slot = 0;

	Links old;
	{
		std::lock_guard<std::mutex> lock(links_mutex_);

		for (const auto &link : links_)
			misses_of_old_links_ += LinkMisses(link.get());
		old.swap(links_);
	}
	// Takes a while, some attach points tens of milliseconds.
	old.clear();
	// Else the body stays loaded until the kernel's worker frees the map, some time after we have said that it is gone.
	if (object_)
		bpf_map_delete_elem(MapFd("bodies"), &slot);
}

int BpfObject::MapFd(const char *name) const { return bpf_map__fd(FindMap(object_.get(), name)); }

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
	uint64_t misses = 0;
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		bpf_prog_info info;

		// A start that was skipped shows as start_lost.
		if (!IsBody(program) && !IsStart(program) && ReadInfo(program, &info))
			misses += info.recursion_misses;
	}
	std::lock_guard<std::mutex> lock(links_mutex_);
	misses += misses_of_old_links_;
	for (const auto &link : links_)
		misses += LinkMisses(link.get());
	return misses;
}

}  // namespace sonde
