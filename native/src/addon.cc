// Registers the exports that service/native.ts describes.
#include <napi.h>

#include "core/libbpf_log.h"
#include "js/addon_data.h"
#include "js/cgroup_path.h"
#include "js/encode_record.h"
#include "js/event_batch.h"
#include "js/features.h"
#include "js/file_lock.h"
#include "js/guard.h"
#include "js/object_layout.h"
#include "js/peer_credentials.h"
#include "js/privileges.h"
#include "js/programs.h"
#include "js/trace.h"

namespace sonde {

static Napi::Object Init(Napi::Env env, Napi::Object exports)
{
	auto *data = new AddonData();

	LibbpfLog::Install();
	env.SetInstanceData(data);
	env.AddCleanupHook([](AddonData *addon) { addon->Stop(); }, data);
	exports.Set("Trace", Trace::Define(env));
	Napi::Function event_batch = EventBatch::Define(env);
	data->event_batch = Napi::Persistent(event_batch);
	exports.Set("EventBatch", event_batch);
	exports.Set("Guard", GuardObject::Define(env));
	exports.Set("kernelSupport", Napi::Function::New(env, KernelSupport, "kernelSupport"));
	exports.Set("tracepointArguments", Napi::Function::New(env, TracepointArguments, "tracepointArguments"));
	exports.Set("hasKernelFunction", Napi::Function::New(env, HasKernelFunction, "hasKernelFunction"));
	exports.Set("kernelTypeNames", Napi::Function::New(env, KernelTypeNames, "kernelTypeNames"));
	exports.Set("kernelEnum", Napi::Function::New(env, KernelEnum, "kernelEnum"));
	exports.Set("restartWith", Napi::Function::New(env, RestartWith, "restartWith"));
	exports.Set("cgroupPath", Napi::Function::New(env, CgroupPath, "cgroupPath"));
	exports.Set("peerCredentials", Napi::Function::New(env, PeerCredentials, "peerCredentials"));
	exports.Set("tryLockFile", Napi::Function::New(env, TryLockFile, "tryLockFile"));
	exports.Set("whyNoUserFunction", Napi::Function::New(env, WhyNoUserFunction, "whyNoUserFunction"));
	exports.Set("verifyProbe", Napi::Function::New(env, VerifyProbe, "verifyProbe"));
	exports.Set("runFilter", Napi::Function::New(env, RunFilter, "runFilter"));
	exports.Set("structLayout", Napi::Function::New(env, StructLayout, "structLayout"));
	exports.Set("objectPrograms", Napi::Function::New(env, ObjectPrograms, "objectPrograms"));
	exports.Set("objectConstants", Napi::Function::New(env, ObjectConstants, "objectConstants"));
	exports.Set("encodeRecord", Napi::Function::New(env, EncodeRecord, "encodeRecord"));
	return exports;
}

NODE_API_MODULE(sonde, Init)

}  // namespace sonde
