#include "error.h"

#include <cstdlib>
#include <cstring>

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

Napi::Error Error::ToJs(Napi::Env env) const
{
	Napi::Error error = Napi::Error::New(env, what());

	error.Set("code", Napi::String::New(env, CodeName(code_)));
	error.Set("log", Napi::String::New(env, log_));
	return error;
}

std::string ErrnoMessage(const std::string &what, int number)
{
	char text[128];

	return what + ": " + strerror_r(std::abs(number), text, sizeof(text));
}

}  // namespace sonde
