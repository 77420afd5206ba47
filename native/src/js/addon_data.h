// What the addon holds in one JavaScript environment.
#pragma once

#include <napi.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "core/cgroup_trees.h"
#include "core/reader.h"
#include "trace_core.h"

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

	// What filters of all traces share.
	std::shared_ptr<CgroupTrees> cgroup_trees() const { return cgroup_trees_; }

	// Remembers a trace for Stop.
	void Add(const std::shared_ptr<TraceCore> &trace)
	{
		auto gone = std::remove_if(traces_.begin(), traces_.end(), [](const auto &other) { return other.expired(); });

		traces_.erase(gone, traces_.end());
		traces_.push_back(trace);
	}

	// No thread may call into an environment that is being torn down: Node frees the queues of the traces after its
	// cleanup hooks, of which this is one, even when a worker thread is still stopping a trace.
	void Stop()
	{
		if (reader_)
			reader_->Stop();
		for (const auto &weak : traces_) {
			if (std::shared_ptr<TraceCore> trace = weak.lock())
				trace->Disconnect();
		}
	}

	// The class, to make objects of it.
	Napi::FunctionReference event_batch;

private:
	std::shared_ptr<Reader> reader_;
	std::shared_ptr<CgroupTrees> cgroup_trees_ = std::make_shared<CgroupTrees>();
	std::vector<std::weak_ptr<TraceCore>> traces_;
};

}  // namespace sonde
