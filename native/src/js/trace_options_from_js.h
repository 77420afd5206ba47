// Reads the options of a trace, as service/native.ts describes them.
#pragma once

#include <napi.h>

#include "core/trace_options.h"

namespace sonde {

// All throw Error(kInvalidArgument).
TraceOptions TraceOptionsFromJs(const Napi::Value &value);
ProbeOptions ProbeOptionsFromJs(const Napi::Object &probe);
ProgramOptions ProgramOptionsFromJs(const Napi::Object &programs);
FilterPart FilterPartFromJs(const Napi::Object &part);
Sampling SamplingFromJs(const Napi::Object &sampling);

}  // namespace sonde
