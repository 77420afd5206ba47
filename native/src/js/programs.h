// Functions that load programs without attaching them.
#pragma once

#include <napi.h>

namespace sonde {

// Loads the programs of a probe, and gives a promise of what they are.
Napi::Value VerifyProbe(const Napi::CallbackInfo &info);
// For tests: runs one part of a filter in the kernel on events, by BPF_PROG_TEST_RUN.
Napi::Value RunFilter(const Napi::CallbackInfo &info);

}  // namespace sonde
