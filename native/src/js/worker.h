// Runs `work` on a worker thread, then `done` on the JavaScript thread, with the error that it threw or nullptr.
#pragma once

#include <napi.h>

#include <functional>
#include <optional>

#include "core/error.h"

namespace sonde {

class Worker : public Napi::AsyncWorker {
public:
	using Work = std::function<void()>;
	using Done = std::function<void(const Error *)>;

	Worker(Napi::Env env, Work work, Done done)
	    : Napi::AsyncWorker(env), work_(std::move(work)), done_(std::move(done))
	{
	}

protected:
	void Execute() override
	{
		try {
			work_();
		} catch (const Error &error) {
			error_ = error;
		} catch (const std::exception &error) {
			error_ = Error(ErrorCode::kKernelRefused, error.what());
		}
	}

	void OnOK() override { done_(error_ ? &*error_ : nullptr); }

private:
	Work work_;
	Done done_;
	std::optional<Error> error_;
};

}  // namespace sonde
