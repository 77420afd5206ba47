#include "trace.h"

#include <functional>
#include <optional>

#include "addon_data.h"
#include "error_to_js.h"
#include "trace_options_from_js.h"

namespace sonde {

namespace {

// Runs `work` on a worker thread, then `done` on the JavaScript thread.
class Worker : public Napi::AsyncWorker {
public:
	using Work = std::function<void()>;
	using Done = std::function<void(const Error *)>;

	Worker(Napi::Env env, Work work, Done done)
	    : Napi::AsyncWorker(env), work_(std::move(work)), done_(std::move(done))
	{
	}

protected:
	void Execute() override
	{
		try {
			work_();
		} catch (const Error &error) {
			error_ = error;
		} catch (const std::exception &error) {
			error_ = Error(ErrorCode::kKernelRefused, error.what());
		}
	}

	void OnOK() override { done_(error_ ? &*error_ : nullptr); }

private:
	Work work_;
	Done done_;
	std::optional<Error> error_;
};

Napi::Array ProgramsToJs(Napi::Env env, const std::vector<std::vector<ProgramInfo>> &probes)
{
	Napi::Array result = Napi::Array::New(env, probes.size());

	for (uint32_t i = 0; i < probes.size(); i++) {
		Napi::Array list = Napi::Array::New(env, probes[i].size());

		for (uint32_t j = 0; j < probes[i].size(); j++) {
			const ProgramInfo &program = probes[i][j];
			Napi::Object entry = Napi::Object::New(env);

			entry.Set("name", program.name);
			entry.Set("attachPoint", program.attach_point);
			entry.Set("id", program.id);
			entry.Set("runCount", Napi::BigInt::New(env, program.run_count));
			entry.Set("runTimeNs", Napi::BigInt::New(env, program.run_time_ns));
			entry.Set("recursionMisses", Napi::BigInt::New(env, program.recursion_misses));
			entry.Set("verifiedInstructions", program.verified_instructions);
			list.Set(j, entry);
		}
		result.Set(i, list);
	}
	return result;
}

Napi::Object SnapshotToJs(Napi::Env env, const CaptureSnapshot &snapshot)
{
	Napi::Object result = Napi::Object::New(env);
	Napi::Array probes = Napi::Array::New(env, snapshot.probes.size());

	for (uint32_t i = 0; i < snapshot.probes.size(); i++) {
		const auto &[counts, misses] = snapshot.probes[i];
		Napi::Object entry = Napi::Object::New(env);
		auto set = [&](const char *name, uint64_t value) { entry.Set(name, Napi::BigInt::New(env, value)); };

		set("fired", counts.fired);
		set("paused", counts.paused);
		set("sampledOut", counts.sampled_out);
		set("startLost", counts.start_lost);
		set("filterError", counts.filter_error);
		set("rejected", counts.rejected);
		set("rateLimited", counts.rate_limited);
		set("ringFull", counts.ring_full);
		set("delivered", counts.delivered);
		set("encoded", counts.encoded);
		set("misses", misses);
		probes.Set(i, entry);
	}
	result.Set("watermarkUnixNano", Napi::BigInt::New(env, snapshot.watermark_unix_ns));
	result.Set("probes", probes);
	return result;
}

}  // namespace

Napi::Function Trace::Define(Napi::Env env)
{
	return DefineClass(env, "Trace",
			   {InstanceMethod<&Trace::Open>("open"), InstanceMethod<&Trace::Stop>("stop"),
			    InstanceMethod<&Trace::Snapshot>("snapshot"), InstanceMethod<&Trace::Programs>("programs")});
}

Trace::Trace(const Napi::CallbackInfo &info) : Napi::ObjectWrap<Trace>(info)
{
	Napi::Env env = info.Env();

	try {
		if (info.Length() != 2 || !info[1].IsFunction())
			throw Error(ErrorCode::kInvalidArgument, "a Trace takes options and a function for batches");
		core_ = std::make_shared<TraceCore>(TraceOptionsFromJs(info[0]), AddonData::Of(env).reader());
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
	} else if (state_ == State::kOpen) {
		BeginStop();
	} else {
		stop_wanted_ = true;
	}
	return deferred.Promise();
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
	const Capture *capture = state_ == State::kOpening ? nullptr : core_->capture();

	return SnapshotToJs(info.Env(), capture == nullptr ? CaptureSnapshot{} : capture->Snapshot());
}

Napi::Value Trace::Programs(const Napi::CallbackInfo &info)
{
	const Capture *capture = state_ == State::kOpening ? nullptr : core_->capture();
	std::vector<std::vector<ProgramInfo>> none;

	return ProgramsToJs(info.Env(), capture == nullptr ? none : capture->Programs());
}

}  // namespace sonde
