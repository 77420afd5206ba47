// What the running kernel lets this process do with BPF, by trying it.
#pragma once

#include <napi.h>

namespace sonde {

// JavaScript: kernelSupport(): KernelSupport, as in service/native.ts.
Napi::Value KernelSupport(const Napi::CallbackInfo &info);

// JavaScript: tracepointArguments(name): number, as in service/native.ts.
Napi::Value TracepointArguments(const Napi::CallbackInfo &info);

// JavaScript: hasKernelFunction(name): boolean, as in service/native.ts.
Napi::Value HasKernelFunction(const Napi::CallbackInfo &info);

// JavaScript: kernelTypeNames(prefix): string[], as in service/native.ts.
Napi::Value KernelTypeNames(const Napi::CallbackInfo &info);

// JavaScript: kernelEnum(name): { name, value }[], as in service/native.ts.
Napi::Value KernelEnum(const Napi::CallbackInfo &info);

// JavaScript: whyNoUserFunction(attachPoint): string, as in service/native.ts.
Napi::Value WhyNoUserFunction(const Napi::CallbackInfo &info);

}  // namespace sonde
