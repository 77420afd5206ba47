// The encoder alone, for tests and tools.
#pragma once

#include <napi.h>

namespace sonde {

// encodeRecord(plan: Plan, eventsField: number, record: Uint8Array): Buffer. Throws with code INVALID_ARGUMENT.
Napi::Value EncodeRecord(const Napi::CallbackInfo &info);

}  // namespace sonde
