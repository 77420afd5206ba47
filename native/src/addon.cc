// Registers the exports that service/native.ts describes.
#include <malloc.h>
#include <napi.h>

#include "core/libbpf_log.h"
#include "js/addon_data.h"
#include "js/event_batch.h"
#include "js/features.h"
#include "js/object_layout.h"
#include "js/trace.h"

namespace sonde {

// Batches and messages of this size and more come from the kernel and go back to it when they are freed. By default glibc
// keeps them after the first one was freed, in pieces: some 30 MB of a busy node.
static constexpr int kOwnPagesBytes = 128 << 10;

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	auto *data = new AddonData();

	mallopt(M_MMAP_THRESHOLD, kOwnPagesBytes);
	LibbpfLog::Install();
	env.SetInstanceData(data);
	env.AddCleanupHook([](AddonData *addon) { addon->Stop(); }, data);
	exports.Set("Trace", Trace::Define(env));
	Napi::Function event_batch = EventBatch::Define(env);
	data->event_batch = Napi::Persistent(event_batch);
	exports.Set("EventBatch", event_batch);
	exports.Set("kernelSupport", Napi::Function::New(env, KernelSupport, "kernelSupport"));
	exports.Set("structLayout", Napi::Function::New(env, StructLayout, "structLayout"));
	exports.Set("objectPrograms", Napi::Function::New(env, ObjectPrograms, "objectPrograms"));
	return exports;
}

NODE_API_MODULE(sonde, Init)

}  // namespace sonde
