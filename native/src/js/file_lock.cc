#include "file_lock.h"

#include <sys/file.h>

#include <cerrno>

#include "core/error.h"
#include "error_to_js.h"

namespace sonde {

Napi::Value TryLockFile(const Napi::CallbackInfo &info)
{
	try {
		if (info.Length() != 1 || !info[0].IsNumber())
			throw Error(ErrorCode::kInvalidArgument, "tryLockFile takes a file descriptor");
		int fd = info[0].As<Napi::Number>().Int32Value();
		int result;
		do {
			result = flock(fd, LOCK_EX | LOCK_NB);
		} while (result != 0 && errno == EINTR);
		if (result != 0 && errno != EWOULDBLOCK)
			throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot lock a file", errno));
		return Napi::Boolean::New(info.Env(), result == 0);
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

}  // namespace sonde
