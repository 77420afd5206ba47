// What the addon holds in one JavaScript environment.
#pragma once

#include <napi.h>

#include <memory>

#include "core/reader.h"

namespace sonde {

class AddonData {
public:
	// The environment's own; made by addon.cc.
	static AddonData &Of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

	// Started with the first trace. Throws Error(kKernelRefused).
	std::shared_ptr<Reader> reader()
	{
		if (!reader_)
			reader_ = std::make_shared<Reader>();
		return reader_;
	}

	// The thread must not call into an environment that is being torn down.
	void Stop()
	{
		if (reader_)
			reader_->Stop();
	}

	// The class, to make objects of it.
	Napi::FunctionReference event_batch;

private:
	std::shared_ptr<Reader> reader_;
};

}  // namespace sonde
