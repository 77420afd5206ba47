#include "error_to_js.h"

namespace sonde {

static const char *CodeName(ErrorCode code)
{
	switch (code) {
	case ErrorCode::kInvalidArgument:
		return "INVALID_ARGUMENT";
	case ErrorCode::kInvalidObject:
		return "INVALID_OBJECT";
	case ErrorCode::kKernelRefused:
		return "KERNEL_REFUSED";
	case ErrorCode::kAttachFailed:
		return "ATTACH_FAILED";
	case ErrorCode::kClosed:
		return "CLOSED";
	}
	return "UNKNOWN";
}

Napi::Error ToJs(Napi::Env env, const Error &error)
{
	Napi::Error js = Napi::Error::New(env, error.what());

	js.Set("code", Napi::String::New(env, CodeName(error.code())));
	js.Set("log", Napi::String::New(env, error.log()));
	return js;
}

}  // namespace sonde
