#include "guard.h"

#include <string>
#include <vector>

#include "error_to_js.h"
#include "options_reader.h"

namespace sonde {

Napi::Function GuardObject::Define(Napi::Env env)
{
	return DefineClass(env, "Guard",
			   {InstanceMethod<&GuardObject::Counts>("counts"), InstanceMethod<&GuardObject::Take>("take"),
			    InstanceMethod<&GuardObject::Close>("close")});
}

GuardObject::GuardObject(const Napi::CallbackInfo &info) : Napi::ObjectWrap<GuardObject>(info)
{
	try {
		if (info.Length() != 1 || !info[0].IsObject())
			throw Error(ErrorCode::kInvalidArgument, "a Guard takes options");
		Napi::Object options = info[0].As<Napi::Object>();
		Napi::Array paths = ArrayOf(options, "allow");
		std::vector<std::string> allow;
		for (uint32_t i = 0; i < paths.Length(); i++)
			allow.push_back(paths.Get(i).ToString());
		guard_ = std::make_unique<Guard>(BytesOf(options, "object"), BooleanOf(options, "enforce"), allow);
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

Napi::Value GuardObject::Counts(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	GuardCounts counts = guard_ ? guard_->Counts() : last_;
	Napi::Object refused = Napi::Object::New(env), result = Napi::Object::New(env);

	for (size_t i = 0; i < kGuardedNames.size(); i++)
		refused.Set(kGuardedNames[i], Napi::BigInt::New(env, counts.refused[i]));
	result.Set("passed", Napi::BigInt::New(env, counts.passed));
	result.Set("refused", refused);
	result.Set("untold", Napi::BigInt::New(env, counts.untold));
	result.Set("missed", Napi::BigInt::New(env, counts.missed));
	return result;
}

Napi::Value GuardObject::Take(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();
	Napi::Array result = Napi::Array::New(env);

	if (!guard_)
		return result;
	for (const Refusal &refusal : guard_->Take()) {
		Napi::Object entry = Napi::Object::New(env);

		entry.Set("guarded", refusal.guarded);
		entry.Set("pid", refusal.pid);
		entry.Set("tgid", refusal.tgid);
		entry.Set("uid", refusal.uid);
		entry.Set("device", Napi::BigInt::New(env, refusal.device));
		entry.Set("inode", Napi::BigInt::New(env, refusal.inode));
		entry.Set("comm", refusal.comm);
		entry.Set("executable", refusal.executable);
		result.Set(result.Length(), entry);
	}
	return result;
}

void GuardObject::Close(const Napi::CallbackInfo &)
{
	if (guard_)
		last_ = guard_->Counts();
	guard_.reset();
}

}  // namespace sonde
