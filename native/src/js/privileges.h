// Giving up privileges.
#pragma once

#include <napi.h>

namespace sonde {

// JavaScript: restartWith(options), as in service/native.ts.
Napi::Value RestartWith(const Napi::CallbackInfo &info);

}  // namespace sonde
