#include "privileges.h"

#include "core/error.h"
#include "core/privileges.h"
#include "error_to_js.h"
#include "options_reader.h"

namespace sonde {

namespace {

Restart RestartFromJs(const Napi::CallbackInfo &info)
{
	Restart restart;

	if (info.Length() != 1 || !info[0].IsObject())
		throw Error(ErrorCode::kInvalidArgument, "restartWith takes an object");
	Napi::Object options = info[0].As<Napi::Object>();
	restart.capabilities = BigIntOf(options, "capabilities");
	restart.unlimited_locked_memory = BooleanOf(options, "unlimitedLockedMemory");
	restart.program = StringOf(options, "program");
	Napi::Array arguments = ArrayOf(options, "arguments");
	for (uint32_t i = 0; i < arguments.Length(); i++)
		restart.arguments.push_back(arguments.Get(i).ToString());
	return restart;
}

}  // namespace

Napi::Value RestartWith(const Napi::CallbackInfo &info)
{
	try {
		RestartProcess(RestartFromJs(info));
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

}  // namespace sonde
