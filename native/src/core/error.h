// The one error of the addon. In JavaScript it is an Error with a stable `code` and, when the kernel refused a
// program, the end of the verifier's log in `log`.
#pragma once

#include <stdexcept>
#include <string>

namespace sonde {

enum class ErrorCode {
	kInvalidArgument,  // options or plan do not have the documented shape
	kInvalidObject,    // not an ELF with the maps, programs and variables that every probe has
	kKernelRefused,    // loading: the verifier, a missing capability, or no memory
	kAttachFailed,     // loaded, but the attach point is missing, full, or not allowed
	kClosed,           // the trace has been stopped
};

class Error : public std::runtime_error {
public:
	Error(ErrorCode code, const std::string &message, std::string log = "")
	    : std::runtime_error(message), code_(code), log_(std::move(log))
	{
	}

	ErrorCode code() const { return code_; }
	const std::string &log() const { return log_; }

private:
	ErrorCode code_;
	std::string log_;
};

// "<what>: <text of the errno>"; `number` may be negative, as libbpf gives it.
std::string ErrnoMessage(const std::string &what, int number);

}  // namespace sonde
