// The error of the addon as JavaScript sees it: NativeError in service/native.ts.
#pragma once

#include <napi.h>

#include "core/error.h"

namespace sonde {

// Call on the JavaScript thread.
Napi::Error ToJs(Napi::Env env, const Error &error);

}  // namespace sonde
