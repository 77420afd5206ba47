// What the package's build reads from a BPF object: the layout of its event, its options, and where its programs attach.
#pragma once

#include <napi.h>

namespace sonde {

// structLayout(object: Uint8Array, name: string): StructLayout. Throws with code INVALID_OBJECT.
Napi::Value StructLayout(const Napi::CallbackInfo &info);

// objectConstants(object: Uint8Array, prefix: string): {name, type}[], the read-only variables whose names begin so. Throws with
// code INVALID_OBJECT.
Napi::Value ObjectConstants(const Napi::CallbackInfo &info);

// objectPrograms(object: Uint8Array): {name, section}[]. Throws with code INVALID_OBJECT.
Napi::Value ObjectPrograms(const Napi::CallbackInfo &info);

}  // namespace sonde
