#include "trace_options_from_js.h"

#include <map>
#include <string>

#include "addon_data.h"
#include "core/error.h"
#include "options_reader.h"
#include "plan_from_js.h"

namespace sonde {

namespace {

FilterMapOptions FilterMapFromJs(const Napi::Object &map)
{
	std::string kind = StringOf(map, "kind");

	if (kind == "processTree")
		return {FilterMapKind::kProcessTree, sizeof(uint64_t), "", BytesOf(map, "object"), NumberOf(map, "root"), "",
			nullptr};
	if (kind == "cgroupTree")
		return {FilterMapKind::kCgroupTree, sizeof(uint64_t), "", BytesOf(map, "object"), BigIntOf(map, "root"),
			StringOf(map, "directory"), AddonData::Of(map.Env()).cgroup_trees()};
	FilterMapOptions options{kind == "trie" ? FilterMapKind::kTrie : FilterMapKind::kHash, NumberOf(map, "keyBytes"),
				 BytesOf(map, "keys"), "", 0, "", nullptr};
	if (options.key_bytes == 0 || options.keys.size() % options.key_bytes != 0)
		throw Error(ErrorCode::kInvalidArgument, "filter: the keys of a map have another size than it says");
	return options;
}

// A part that is null is none.
FilterPart OptionalPartFromJs(const Napi::Object &filter, const char *name)
{
	return filter.Get(name).IsNull() ? FilterPart{} : FilterPartFromJs(ObjectOf(filter, name));
}

FilterOptions FilterFromJs(const Napi::Object &filter)
{
	return {OptionalPartFromJs(filter, "early"), OptionalPartFromJs(filter, "late"),
		NumberOf(filter, "earlyContext"), NumberOf(filter, "lateContext")};
}

BatchLimits BatchFromJs(const Napi::Object &batch)
{
	return {NumberOf(batch, "maxEvents"), NumberOf(batch, "maxBytes"),
		static_cast<uint64_t>(LongOf(batch, "maxDelayNs"))};
}

std::map<std::string, std::string> ConstantsFromJs(const Napi::Array &list)
{
	std::map<std::string, std::string> constants;

	for (uint32_t i = 0; i < list.Length(); i++) {
		Napi::Object constant = list.Get(i).As<Napi::Object>();
		constants[StringOf(constant, "name")] = BytesOf(constant, "bytes");
	}
	return constants;
}

}  // namespace

FilterPart FilterPartFromJs(const Napi::Object &part)
{
	FilterPart result;
	Napi::Array references = ArrayOf(part, "mapReferences"), maps = ArrayOf(part, "maps");

	result.code = BytesOf(part, "code");
	for (uint32_t i = 0; i < references.Length(); i++) {
		Napi::Object reference = references.Get(i).As<Napi::Object>();
		result.references.push_back({NumberOf(reference, "slot"), NumberOf(reference, "map")});
	}
	for (uint32_t i = 0; i < maps.Length(); i++)
		result.maps.push_back(FilterMapFromJs(maps.Get(i).As<Napi::Object>()));
	return result;
}

Sampling SamplingFromJs(const Napi::Object &sampling)
{
	Sampling result{NumberOf(sampling, "oneIn"), NumberOf(sampling, "processSalt")};

	if (result.one_in == 0)
		throw Error(ErrorCode::kInvalidArgument, "sampling: oneIn is at least 1");
	return result;
}

ProgramOptions ProgramOptionsFromJs(const Napi::Object &programs)
{
	return {BytesOf(programs, "object"), StringsOf(programs, "attachPoints"), BooleanOf(programs, "keepArguments"),
		BooleanOf(programs, "uprobeMulti"), FilterFromJs(ObjectOf(programs, "filter")),
		NumberOf(programs, "generation"), ConstantsFromJs(ArrayOf(programs, "constants"))};
}

ProbeOptions ProbeOptionsFromJs(const Napi::Object &probe)
{
	return {ProgramOptionsFromJs(ObjectOf(probe, "programs")), PlanFromJs(ObjectOf(probe, "plan")),
		SamplingFromJs(ObjectOf(probe, "sampling"))};
}

TraceOptions TraceOptionsFromJs(const Napi::Value &value)
{
	if (!value.IsObject())
		throw Error(ErrorCode::kInvalidArgument, "trace options are missing");
	Napi::Object options = value.As<Napi::Object>();
	Napi::Array probes = ArrayOf(options, "probes");
	TraceOptions trace;

	for (uint32_t i = 0; i < probes.Length(); i++)
		trace.probes.push_back(ProbeOptionsFromJs(probes.Get(i).As<Napi::Object>()));
	trace.ring_count = NumberOf(options, "ringCount");
	trace.ring_bytes = NumberOf(options, "ringBytes");
	trace.events_per_second = NumberOf(options, "eventsPerSecond");
	trace.max_events = BigIntOf(options, "maxEvents");
	trace.batch = BatchFromJs(ObjectOf(options, "batch"));
	trace.events_field = NumberOf(options, "eventsField");
	trace.wants_subjects = BooleanOf(options, "wantsSubjects");
	return trace;
}

}  // namespace sonde
