#include "bpf_object.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "error.h"
#include "libbpf_log.h"

namespace sonde {

namespace {

// A body stands in a section without an attach point, a start on the entry of a system call.
constexpr std::string_view kBodySection = "tracepoint";
constexpr std::string_view kStartSection = "tracepoint/syscalls/sys_enter_";
// Calls under way at the same time; beyond, events are counted as start_lost.
constexpr uint32_t kCallsUnderWay = 10240;

bool IsBody(const bpf_program *program) { return bpf_program__section_name(program) == kBodySection; }

bool IsStart(const bpf_program *program)
{
	return std::string_view(bpf_program__section_name(program)).substr(0, kStartSection.size()) == kStartSection;
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
	LibbpfLog log;
	int error;

	object_.reset(bpf_object__open_mem(elf.data(), elf.size(), nullptr));
	if (!object_)
		throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot open the BPF object", errno),
			    log.Tail());
	SetMaps(settings);
	SetConstants(settings);
	ChoosePrograms(settings.keep_arguments);
	error = bpf_object__load(object_.get());
	if (error != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("the kernel refused the BPF programs", error),
			    log.Tail());
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

void BpfObject::ChoosePrograms(bool keep_arguments)
{
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		bpf_program__set_autoload(program, !IsStart(program) || keep_arguments);
	}
}

void BpfObject::Attach()
{
	bpf_program *program;
	int bodies = MapFd("bodies");

	bpf_object__for_each_program(program, object_.get())
	{
		uint32_t slot = 0;
		int fd = bpf_program__fd(program);

		if (IsBody(program) && bpf_map_update_elem(bodies, &slot, &fd, BPF_ANY) != 0)
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
		bpf_link *link = bpf_program__attach(program);
		if (link == nullptr)
			throw Error(ErrorCode::kAttachFailed,
				    ErrnoMessage(std::string("cannot attach to ") + bpf_program__section_name(program),
						 errno),
				    log.Tail());
		links_.emplace_back(link);
	}
}

void BpfObject::Detach()
{
	uint32_t slot = 0;

	links_.clear();
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
		programs.push_back({bpf_program__name(program), IsBody(program) ? "" : bpf_program__section_name(program),
				    info.id, info.run_cnt, info.run_time_ns, info.recursion_misses,
				    info.verified_insns});
	}
	return programs;
}

uint64_t BpfObject::RecursionMisses() const
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
	return misses;
}

}  // namespace sonde
