#include "peer_credentials.h"

#include <sys/socket.h>

#include <cerrno>

#include "core/error.h"
#include "error_to_js.h"

namespace sonde {

Napi::Value PeerCredentials(const Napi::CallbackInfo &info)
{
	Napi::Env env = info.Env();

	try {
		ucred credentials{};
		socklen_t size = sizeof(credentials);

		if (info.Length() != 1 || !info[0].IsNumber())
			throw Error(ErrorCode::kInvalidArgument, "peerCredentials takes a file descriptor");
		int fd = info[0].As<Napi::Number>().Int32Value();
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
			throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot read the peer of a socket", errno));
		Napi::Object result = Napi::Object::New(env);
		result.Set("pid", credentials.pid);
		result.Set("uid", credentials.uid);
		result.Set("gid", credentials.gid);
		return result;
	} catch (const Error &error) {
		throw ToJs(env, error);
	}
}

}  // namespace sonde
