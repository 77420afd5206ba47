// The JavaScript class Trace; service/native.ts has its type. All methods run on the JavaScript thread.
#pragma once

#include <napi.h>

#include <memory>

#include "core/error.h"
#include "trace_core.h"

namespace sonde {

class Trace : public Napi::ObjectWrap<Trace> {
public:
	static Napi::Function Define(Napi::Env env);

	explicit Trace(const Napi::CallbackInfo &info);

private:
	enum class State { kNew, kOpening, kOpen, kStopping, kStopped };

	Napi::Value Open(const Napi::CallbackInfo &info);
	Napi::Value Stop(const Napi::CallbackInfo &info);
	Napi::Value Snapshot(const Napi::CallbackInfo &info);
	Napi::Value Programs(const Napi::CallbackInfo &info);

	void Opened(Napi::Promise::Deferred deferred, const Error *error);
	void BeginStop();

	std::shared_ptr<TraceCore> core_;
	Napi::FunctionReference on_batch_;
	State state_ = State::kNew;
	// While it is opening: another thread is then at work in core_.
	bool stop_wanted_ = false;
};

}  // namespace sonde
