#include "read_only_data.h"

#include <string>

#include "error.h"

namespace sonde {

namespace {

bpf_map *FindMap(bpf_object *object)
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

}  // namespace

ReadOnlyData::ReadOnlyData(bpf_object *object) : btf_(bpf_object__btf(object)), map_(FindMap(object))
{
	size_t size = 0;
	int id = btf__find_by_name_kind(btf_, ".rodata", BTF_KIND_DATASEC);
	auto *initial = map_ == nullptr ? nullptr : static_cast<const uint8_t *>(bpf_map__initial_value(map_, &size));

	if (initial == nullptr || id < 0)
		throw Error(ErrorCode::kInvalidObject, "the BPF object has no read-only data");
	data_.assign(initial, initial + size);
	section_ = btf__type_by_id(btf_, static_cast<uint32_t>(id));
}

void ReadOnlyData::Apply()
{
	int error = bpf_map__set_initial_value(map_, data_.data(), data_.size());

	if (error != 0)
		throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot set read-only data", error));
}

uint8_t *ReadOnlyData::Find(std::string_view name, size_t size)
{
	const btf_var_secinfo *info = btf_var_secinfos(section_);

	for (uint16_t i = 0; i < btf_vlen(section_); i++, info++) {
		const btf_type *variable = btf__type_by_id(btf_, info->type);

		if (name != btf__name_by_offset(btf_, variable->name_off))
			continue;
		if (info->size != size || info->offset + size > data_.size())
			throw Error(ErrorCode::kInvalidObject,
				    "the BPF object has another size for " + std::string(name));
		return data_.data() + info->offset;
	}
	throw Error(ErrorCode::kInvalidObject, "the BPF object has no constant " + std::string(name));
}

}  // namespace sonde
