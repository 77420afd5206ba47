#include "programs.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

#include "core/capture.h"
#include "core/filter_maps.h"
#include "core/libbpf_log.h"
#include "core/open_object.h"
#include "core/placeholder.h"
#include "error_to_js.h"
#include "options_reader.h"
#include "snapshot_to_js.h"
#include "trace_options_from_js.h"
#include "worker.h"

namespace sonde {

namespace {

// Of a trace that is never attached.
constexpr uint32_t kSmallestRing = 65536;

class NoSink : public BatchSink {
public:
	bool HasRoom() const override { return true; }
	bool Idle() const override { return true; }
	void Push(SealedBatch) override {}
};

std::vector<ProgramInfo> Verify(ProbeOptions probe)
{
	NoSink sink;
	TraceOptions options{{std::move(probe)}, 1, kSmallestRing, 0, 0, {1, 1, 0}, 1};

	return Capture(options, sink).Programs()[0];
}

// The program of test/filter/shim.bpf.c with a filter in it.
class Shim {
public:
	Shim(std::string image, const FilterPart &part) : maps_(part)
	{
		LibbpfLog log;

		FillPlaceholder(&image, "filter_late", maps_.code());
		object_.reset(OpenObject(image.data(), image.size()));
		int error = object_ ? bpf_object__load(object_.get()) : -errno;
		if (error != 0)
			throw Error(ErrorCode::kKernelRefused, ErrnoMessage("the kernel refused a filter", error), log.Tail());
		program_ = bpf_program__fd(bpf_object__find_program_by_name(object_.get(), "run"));
		event_ = bpf_map__fd(bpf_object__find_map_by_name(object_.get(), "event"));
	}

	// 0 before 5.16.
	uint32_t VerifiedInstructions() const
	{
		bpf_prog_info info{};
		uint32_t size = sizeof(info);

		return bpf_obj_get_info_by_fd(program_, &info, &size) == 0 ? info.verified_insns : 0;
	}

	// `event` is then what the filter has left of it.
	int Run(uint8_t *event) const
	{
		uint32_t key = 0;
		LIBBPF_OPTS(bpf_test_run_opts, options);

		if (bpf_map_update_elem(event_, &key, event, BPF_ANY) != 0 || bpf_prog_test_run_opts(program_, &options) != 0)
			throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot run a filter", errno));
		if (bpf_map_lookup_elem(event_, &key, event) != 0)
			throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot read an event", errno));
		return static_cast<int>(options.retval);
	}

private:
	struct Close {
		void operator()(bpf_object *object) const { bpf_object__close(object); }
	};

	FilterMaps maps_;
	std::unique_ptr<bpf_object, Close> object_;
	int program_ = -1, event_ = -1;
};

}  // namespace

Napi::Value VerifyProbe(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	auto deferred = Napi::Promise::Deferred::New(env);

	try {
		if (info.Length() != 1 || !info[0].IsObject())
			throw Error(ErrorCode::kInvalidArgument, "verifyProbe takes a probe");
		auto probe = std::make_shared<ProbeOptions>(ProbeOptionsFromJs(info[0].As<Napi::Object>()));
		auto programs = std::make_shared<std::vector<ProgramInfo>>();
		auto *worker = new Worker(
		    env, [probe, programs] { *programs = Verify(std::move(*probe)); },
		    [env, deferred, programs](const Error *error) {
			    Napi::HandleScope scope(env);

			    if (error != nullptr)
				    deferred.Reject(ToJs(env, *error).Value());
			    else
				    deferred.Resolve(ProgramsToJs(env, {*programs}).Get(0U));
		    });
		worker->Queue();
	} catch (const Error &error) {
		deferred.Reject(ToJs(env, error).Value());
	}
	return deferred.Promise();
}

Napi::Value RunFilter(const Napi::CallbackInfo &info)
{
	try {
		if (info.Length() != 1 || !info[0].IsObject())
			throw Error(ErrorCode::kInvalidArgument, "runFilter takes options");
		Napi::Object options = info[0].As<Napi::Object>();
		Shim shim(BytesOf(options, "object"), FilterPartFromJs(ObjectOf(options, "part")));
		std::string events = BytesOf(options, "events");
		uint32_t size = NumberOf(options, "eventBytes");
		Napi::Array results = Napi::Array::New(info.Env());

		if (size == 0 || events.size() % size != 0)
			throw Error(ErrorCode::kInvalidArgument, "runFilter: the events have another size");
		for (uint32_t i = 0; i < events.size() / size; i++)
			results.Set(i, shim.Run(reinterpret_cast<uint8_t *>(events.data()) + size_t{i} * size));
		Napi::Object result = Napi::Object::New(info.Env());
		result.Set("results", results);
		result.Set("events", Napi::Buffer<char>::Copy(info.Env(), events.data(), events.size()));
		result.Set("verifiedInstructions", shim.VerifiedInstructions());
		return result;
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

}  // namespace sonde
