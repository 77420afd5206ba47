// The options of a trace from the JavaScript value described by NativeTraceOptions in service/native.ts.
#pragma once

#include <napi.h>

#include "core/trace_options.h"

namespace sonde {

// Throws Error(kInvalidArgument).
TraceOptions TraceOptionsFromJs(const Napi::Value &value);

}  // namespace sonde
