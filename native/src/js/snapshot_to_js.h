// What a capture knows of itself, as plain data for JavaScript; service/native.ts has the types.
#pragma once

#include <napi.h>

#include <vector>

#include "core/capture.h"

namespace sonde {

Napi::Object SnapshotToJs(Napi::Env env, const CaptureSnapshot &snapshot);
Napi::Array ProgramsToJs(Napi::Env env, const std::vector<std::vector<ProgramInfo>> &probes);
Napi::Object MemoryToJs(Napi::Env env, const CaptureMemory &memory);

}  // namespace sonde
