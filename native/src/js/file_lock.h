// A lock that ends with the process that holds it: Node has none.
#pragma once

#include <napi.h>

namespace sonde {

// tryLockFile(fd): whether the open file is locked now by this descriptor alone. Throws a NativeError.
Napi::Value TryLockFile(const Napi::CallbackInfo &info);

}  // namespace sonde
