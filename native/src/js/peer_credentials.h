// Who is at the other end of a unix socket.
#pragma once

#include <napi.h>

namespace sonde {

// JavaScript: peerCredentials(fd): PeerCredentials, as in service/native.ts.
Napi::Value PeerCredentials(const Napi::CallbackInfo &info);

}  // namespace sonde
