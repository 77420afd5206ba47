#include "snapshot_to_js.h"

namespace sonde {

namespace {

void SetBigInt(Napi::Object object, const char *name, uint64_t value)
{
	object.Set(name, Napi::BigInt::New(object.Env(), value));
}

Napi::Object ProgramToJs(Napi::Env env, const ProgramInfo &program)
{
	Napi::Object result = Napi::Object::New(env);

	result.Set("name", program.name);
	result.Set("attachPoint", program.attach_point);
	result.Set("id", program.id);
	SetBigInt(result, "runCount", program.run_count);
	SetBigInt(result, "runTimeNs", program.run_time_ns);
	SetBigInt(result, "recursionMisses", program.recursion_misses);
	result.Set("verifiedInstructions", program.verified_instructions);
	return result;
}

Napi::Object ProbeToJs(Napi::Env env, const CaptureSnapshot::Probe &probe)
{
	const ProbeSnapshot &counts = probe.counts;
	Napi::Object result = Napi::Object::New(env);

	SetBigInt(result, "fired", counts.fired);
	SetBigInt(result, "paused", counts.paused);
	SetBigInt(result, "sampledOut", counts.sampled_out);
	SetBigInt(result, "startLost", counts.start_lost);
	SetBigInt(result, "filterError", counts.filter_error);
	SetBigInt(result, "rejected", counts.rejected);
	SetBigInt(result, "rateLimited", counts.rate_limited);
	SetBigInt(result, "ringFull", counts.ring_full);
	SetBigInt(result, "delivered", counts.delivered);
	SetBigInt(result, "encoded", counts.encoded);
	SetBigInt(result, "overLimit", counts.over_limit);
	SetBigInt(result, "timedRuns", counts.timed_runs);
	SetBigInt(result, "timedNs", counts.timed_ns);
	SetBigInt(result, "misses", probe.misses);
	return result;
}

}  // namespace

Napi::Object SnapshotToJs(Napi::Env env, const CaptureSnapshot &snapshot)
{
	Napi::Object result = Napi::Object::New(env);
	Napi::Array probes = Napi::Array::New(env, snapshot.probes.size());

	for (uint32_t i = 0; i < snapshot.probes.size(); i++)
		probes.Set(i, ProbeToJs(env, snapshot.probes[i]));
	SetBigInt(result, "watermarkUnixNano", snapshot.watermark_unix_ns);
	SetBigInt(result, "readerCpuNs", snapshot.reader_cpu_ns);
	result.Set("failure", snapshot.failure);
	result.Set("probes", probes);
	return result;
}

Napi::Array ProgramsToJs(Napi::Env env, const std::vector<std::vector<ProgramInfo>> &probes)
{
	Napi::Array result = Napi::Array::New(env, probes.size());

	for (uint32_t i = 0; i < probes.size(); i++) {
		Napi::Array list = Napi::Array::New(env, probes[i].size());

		for (uint32_t j = 0; j < probes[i].size(); j++)
			list.Set(j, ProgramToJs(env, probes[i][j]));
		result.Set(i, list);
	}
	return result;
}

Napi::Object MemoryToJs(Napi::Env env, const CaptureMemory &memory)
{
	Napi::Object result = Napi::Object::New(env);
	Napi::Array probes = Napi::Array::New(env, memory.probe_bytes.size());

	for (uint32_t i = 0; i < memory.probe_bytes.size(); i++)
		probes.Set(i, Napi::BigInt::New(env, memory.probe_bytes[i]));
	SetBigInt(result, "shared", memory.shared_bytes);
	result.Set("probes", probes);
	return result;
}

}  // namespace sonde
