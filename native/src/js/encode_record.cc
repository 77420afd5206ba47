#include "encode_record.h"

#include <vector>

#include "core/encoder.h"
#include "error_to_js.h"
#include "plan_from_js.h"

namespace sonde {

Napi::Value EncodeRecord(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();

	try {
		if (info.Length() != 3 || !info[0].IsObject() || !info[1].IsNumber() || !info[2].IsTypedArray())
			throw Error(ErrorCode::kInvalidArgument, "encodeRecord takes a plan, a field number and a record");
		Plan plan = PlanFromJs(info[0].As<Napi::Object>());
		uint32_t events_field = info[1].As<Napi::Number>().Uint32Value();
		Napi::Uint8Array record = info[2].As<Napi::Uint8Array>();
		size_t bytes = record.ByteLength();

		if (bytes < plan.minimum_bytes())
			throw Error(ErrorCode::kInvalidArgument, "encodeRecord: the record is shorter than its plan");
		std::vector<uint8_t> out(EncodedBound(plan, bytes));
		StackTable stacks;
		size_t written = EncodeEvent(plan, events_field, record.Data(), bytes, 0, stacks, out.data());
		return Napi::Buffer<uint8_t>::Copy(env, out.data(), written);
	} catch (const Error &error) {
		throw ToJs(env, error);
	}
}

}  // namespace sonde
