#include "trace_options_from_js.h"

#include "core/error.h"
#include "plan_from_js.h"

namespace sonde {

namespace {

Napi::Value Required(const Napi::Object &object, const char *name, bool present)
{
	if (!present)
		throw Error(ErrorCode::kInvalidArgument, std::string("trace options: ") + name + " is missing");
	return object.Get(name);
}

uint32_t Number(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsNumber()).As<Napi::Number>().Uint32Value();
}

uint64_t BigInt(const Napi::Object &object, const char *name)
{
	bool lossless;

	return Required(object, name, object.Get(name).IsBigInt()).As<Napi::BigInt>().Uint64Value(&lossless);
}

bool Boolean(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsBoolean()).As<Napi::Boolean>();
}

std::string String(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsString()).As<Napi::String>();
}

Napi::Object Object(const Napi::Object &object, const char *name)
{
	return Required(object, name, object.Get(name).IsObject()).As<Napi::Object>();
}

ProbeOptions ProbeFromJs(const Napi::Object &probe)
{
	Napi::Value image = Required(probe, "object", probe.Get("object").IsTypedArray());
	Napi::Uint8Array bytes = image.As<Napi::Uint8Array>();

	return {std::string(reinterpret_cast<const char *>(bytes.Data()), bytes.ByteLength()),
		PlanFromJs(Object(probe, "plan")), String(probe, "attachKind"), Boolean(probe, "keepArguments"),
		Number(probe, "sampleOneIn")};
}

BatchLimits BatchFromJs(const Napi::Object &batch)
{
	Napi::Value delay = Required(batch, "maxDelayNs", batch.Get("maxDelayNs").IsNumber());

	return {Number(batch, "maxEvents"), Number(batch, "maxBytes"),
		static_cast<uint64_t>(delay.As<Napi::Number>().Int64Value())};
}

}  // namespace

TraceOptions TraceOptionsFromJs(const Napi::Value &value)
{
	if (!value.IsObject())
		throw Error(ErrorCode::kInvalidArgument, "trace options are missing");
	Napi::Object options = value.As<Napi::Object>();
	Napi::Array probes = Object(options, "probes").As<Napi::Array>();
	TraceOptions trace;

	for (uint32_t i = 0; i < probes.Length(); i++)
		trace.probes.push_back(ProbeFromJs(probes.Get(i).As<Napi::Object>()));
	trace.ring_count = Number(options, "ringCount");
	trace.ring_bytes = Number(options, "ringBytes");
	trace.events_per_second = Number(options, "eventsPerSecond");
	trace.max_events = BigInt(options, "maxEvents");
	trace.batch = BatchFromJs(Object(options, "batch"));
	trace.events_field = Number(options, "eventsField");
	return trace;
}

}  // namespace sonde
