// The layout of a struct in the BTF of a BPF object, for joining it with a protobuf message when the package is built.
#pragma once

#include <napi.h>

namespace sonde {

// JavaScript: structLayout(object: Uint8Array, struct: string): StructLayout, as in service/native.ts.
Napi::Value StructLayout(const Napi::CallbackInfo &info);

}  // namespace sonde
