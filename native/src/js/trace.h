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
	Napi::Value Memory(const Napi::CallbackInfo &info);
	Napi::Value SetPaused(const Napi::CallbackInfo &info);
	Napi::Value SetSampling(const Napi::CallbackInfo &info);
	Napi::Value SetEventsPerSecond(const Napi::CallbackInfo &info);
	Napi::Value SetMaxEvents(const Napi::CallbackInfo &info);
	Napi::Value ReplaceBodies(const Napi::CallbackInfo &info);

	// nullptr before it is open: until then another thread is at work in core_.
	Capture *capture() const { return state_ == State::kOpening ? nullptr : core_->capture(); }
	void Opened(Napi::Promise::Deferred deferred, const Error *error);
	void Replaced(Napi::Promise::Deferred deferred, const Error *error);
	void BeginStop();

	std::shared_ptr<TraceCore> core_;
	Napi::FunctionReference on_batch_;
	State state_ = State::kNew;
	uint32_t probes_ = 0;
	// Another thread loads other bodies.
	bool replacing_ = false;
	// While it is opening or replacing.
	bool stop_wanted_ = false;
};

}  // namespace sonde
