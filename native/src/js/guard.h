// The JavaScript class Guard; service/native.ts has its type.
#pragma once

#include <napi.h>

#include <memory>

#include "core/guard.h"

namespace sonde {

class GuardObject : public Napi::ObjectWrap<GuardObject> {
public:
	static Napi::Function Define(Napi::Env env);

	// new Guard({ object, enforce, allow }).
	explicit GuardObject(const Napi::CallbackInfo &info);

private:
	Napi::Value Counts(const Napi::CallbackInfo &info);
	Napi::Value Take(const Napi::CallbackInfo &info);
	void Close(const Napi::CallbackInfo &info);

	// nullptr after Close.
	std::unique_ptr<Guard> guard_;
	GuardCounts last_{};
};

}  // namespace sonde
