#include "trace.h"

#include <map>

#include "addon_data.h"
#include "error_to_js.h"
#include "options_reader.h"
#include "snapshot_to_js.h"
#include "trace_options_from_js.h"
#include "worker.h"

namespace sonde {

namespace {

void Require(bool valid, const char *message)
{
	if (!valid)
		throw Error(ErrorCode::kInvalidArgument, message);
}

}  // namespace

Napi::Function Trace::Define(Napi::Env env)
{
	return DefineClass(env, "Trace",
			   {InstanceMethod<&Trace::Open>("open"), InstanceMethod<&Trace::Stop>("stop"),
			    InstanceMethod<&Trace::Snapshot>("snapshot"), InstanceMethod<&Trace::Programs>("programs"),
			    InstanceMethod<&Trace::Memory>("memory"), InstanceMethod<&Trace::SetPaused>("setPaused"),
			    InstanceMethod<&Trace::SetSampling>("setSampling"),
			    InstanceMethod<&Trace::SetEventsPerSecond>("setEventsPerSecond"),
			    InstanceMethod<&Trace::SetMaxEvents>("setMaxEvents"),
			    InstanceMethod<&Trace::ReplaceBodies>("replaceBodies")});
}

Trace::Trace(const Napi::CallbackInfo &info) : Napi::ObjectWrap<Trace>(info)
{
	Napi::Env env = info.Env();

	try {
		if (info.Length() != 2 || !info[1].IsFunction())
			throw Error(ErrorCode::kInvalidArgument, "a Trace takes options and a function for batches");
		TraceOptions options = TraceOptionsFromJs(info[0]);
		probes_ = static_cast<uint32_t>(options.probes.size());
		core_ = std::make_shared<TraceCore>(std::move(options), AddonData::Of(env).reader());
		on_batch_ = Napi::Persistent(info[1].As<Napi::Function>());
	} catch (const Error &error) {
		throw ToJs(env, error);
	}
}

Napi::Value Trace::Open(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	auto deferred = Napi::Promise::Deferred::New(env);

	if (state_ != State::kNew) {
		deferred.Reject(ToJs(env, Error(ErrorCode::kClosed, "the trace was opened before")).Value());
		return deferred.Promise();
	}
	state_ = State::kOpening;
	TraceCore::Connect(env, on_batch_.Value(), core_);
	AddonData::Of(env).Add(core_);
	on_batch_.Reset();
	// Not collected before it is stopped.
	Ref();
	auto *worker = new Worker(
	    env, [core = core_] { core->Open(); },
	    [this, deferred](const Error *error) { Opened(deferred, error); });
	worker->Queue();
	return deferred.Promise();
}

void Trace::Opened(Napi::Promise::Deferred deferred, const Error *error)
{
	Napi::Env env = Env();

	if (error == nullptr) {
		state_ = State::kOpen;
		deferred.Resolve(ProgramsToJs(env, core_->capture()->Programs()));
		if (stop_wanted_)
			BeginStop();
		return;
	}
	state_ = State::kStopped;
	core_->Disconnect();
	deferred.Reject(ToJs(env, *error).Value());
	core_->Ended(env);
	Unref();
}

Napi::Value Trace::Stop(const Napi::CallbackInfo &info)
{
	auto deferred = Napi::Promise::Deferred::New(info.Env());

	core_->on_ended.push_back(deferred);
	if (state_ == State::kNew || core_->ended()) {
		state_ = State::kStopped;
		core_->Ended(info.Env());
	} else if (state_ == State::kOpen && !replacing_) {
		BeginStop();
	} else {
		stop_wanted_ = true;
	}
	return deferred.Promise();
}

Napi::Value Trace::ReplaceBodies(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	auto deferred = Napi::Promise::Deferred::New(env);

	try {
		Require(info.Length() == 1 && info[0].IsArray(), "replaceBodies takes a list");
		if (state_ != State::kOpen || replacing_ || stop_wanted_)
			throw Error(ErrorCode::kClosed, "the trace does not run, or gets other bodies already");
		auto bodies = std::make_shared<std::map<uint32_t, ProgramOptions>>();
		Napi::Array list = info[0].As<Napi::Array>();
		for (uint32_t i = 0; i < list.Length(); i++) {
			Napi::Object item = list.Get(i).As<Napi::Object>();
			uint32_t probe = NumberOf(item, "probeIndex");

			Require(probe < probes_, "replaceBodies: there is no such probe");
			(*bodies)[probe] = ProgramOptionsFromJs(ObjectOf(item, "programs"));
		}
		replacing_ = true;
		auto *worker = new Worker(
		    env, [core = core_, bodies] { core->capture()->ReplaceBodies(*bodies); },
		    [this, deferred](const Error *error) { Replaced(deferred, error); });
		worker->Queue();
	} catch (const Error &error) {
		deferred.Reject(ToJs(env, error).Value());
	}
	return deferred.Promise();
}

void Trace::Replaced(Napi::Promise::Deferred deferred, const Error *error)
{
	Napi::Env env = Env();

	replacing_ = false;
	if (error == nullptr)
		deferred.Resolve(env.Undefined());
	else
		deferred.Reject(ToJs(env, *error).Value());
	if (stop_wanted_)
		BeginStop();
}

void Trace::BeginStop()
{
	state_ = State::kStopping;
	auto *worker = new Worker(
	    Env(), [core = core_] { core->Stop(); },
	    [this](const Error *) {
		    state_ = State::kStopped;
		    Unref();
	    });
	worker->Queue();
}

Napi::Value Trace::Snapshot(const Napi::CallbackInfo &info)
{
	return SnapshotToJs(info.Env(), capture() == nullptr ? CaptureSnapshot{} : capture()->Snapshot());
}

Napi::Value Trace::Programs(const Napi::CallbackInfo &info)
{
	std::vector<std::vector<ProgramInfo>> none;

	return ProgramsToJs(info.Env(), capture() == nullptr ? none : capture()->Programs());
}

Napi::Value Trace::Memory(const Napi::CallbackInfo &info)
{
	return MemoryToJs(info.Env(), capture() == nullptr ? CaptureMemory{} : capture()->Memory());
}

Napi::Value Trace::SetPaused(const Napi::CallbackInfo &info)
{
	try {
		Require(info.Length() == 1 && info[0].IsBoolean(), "setPaused takes a boolean");
		if (capture() != nullptr)
			capture()->SetPaused(info[0].As<Napi::Boolean>());
		return info.Env().Undefined();
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

Napi::Value Trace::SetSampling(const Napi::CallbackInfo &info)
{
	try {
		Require(info.Length() == 2 && info[0].IsNumber() && info[1].IsObject(),
			"setSampling takes the index of a probe and a sampling");
		uint32_t probe = info[0].As<Napi::Number>();
		Require(probe < probes_, "setSampling: there is no such probe");
		Sampling sampling = SamplingFromJs(info[1].As<Napi::Object>());
		if (capture() != nullptr)
			capture()->SetSampling(probe, sampling);
		return info.Env().Undefined();
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

Napi::Value Trace::SetEventsPerSecond(const Napi::CallbackInfo &info)
{
	try {
		Require(info.Length() == 1 && info[0].IsNumber(), "setEventsPerSecond takes a number");
		if (capture() != nullptr)
			capture()->SetEventsPerSecond(info[0].As<Napi::Number>());
		return info.Env().Undefined();
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

Napi::Value Trace::SetMaxEvents(const Napi::CallbackInfo &info)
{
	try {
		bool lossless;

		Require(info.Length() == 1 && info[0].IsBigInt(), "setMaxEvents takes a bigint");
		if (capture() != nullptr)
			capture()->SetMaxEvents(info[0].As<Napi::BigInt>().Uint64Value(&lossless));
		return info.Env().Undefined();
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

}  // namespace sonde
