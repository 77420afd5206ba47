// The group of cgroup v2 that an id stands for.
#pragma once

#include <napi.h>

namespace sonde {

// JavaScript: cgroupPath(root, id): string, as in service/native.ts.
Napi::Value CgroupPath(const Napi::CallbackInfo &info);

}  // namespace sonde
