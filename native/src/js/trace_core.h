// What a trace is beside its JavaScript object: it lives on worker threads and in the queue to JavaScript, which may
// outlast the object.
#pragma once

#include <napi.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "core/capture.h"
#include "core/reader.h"

namespace sonde {

class TraceCore : public BatchSink {
public:
	// `on_batch` is called on the JavaScript thread. Call Connect before anything else.
	TraceCore(TraceOptions options, std::shared_ptr<Reader> reader)
	    : options_(std::move(options)), reader_(std::move(reader))
	{
	}

	// JavaScript thread. `self` keeps this alive until the queue is closed.
	static void Connect(Napi::Env env, const Napi::Function &on_batch, const std::shared_ptr<TraceCore> &self);

	// Worker thread. Loads and attaches, or throws Error and leaves nothing behind.
	void Open();
	// Worker thread. Detaches, pushes the last events and then what calls Ended, on the JavaScript thread.
	void Stop();
	// Any thread. Closes the queue: what is sent afterwards is dropped. May be called twice.
	void Disconnect();

	// JavaScript thread. The last batch has been delivered, or there is none: resolves on_ended.
	void Ended(Napi::Env env);
	bool ended() const { return ended_; }
	std::vector<Napi::Promise::Deferred> on_ended;

	// nullptr before Open.
	Capture *capture() const { return capture_.get(); }

	bool HasRoom() const override { return outstanding_bytes_.load(std::memory_order_acquire) < kRoomBytes; }
	bool Idle() const override { return outstanding_batches_.load(std::memory_order_acquire) == 0; }
	void Push(SealedBatch batch) override;

private:
	// What may wait for the JavaScript thread; behind that events wait in the ring.
	static constexpr uint64_t kRoomBytes = 16 << 20;

	struct Delivery {
		SealedBatch batch;
		bool last;
	};

	static void Deliver(Napi::Env env, Napi::Function on_batch, TraceCore *core, Delivery *delivery);
	void Send(std::unique_ptr<Delivery> delivery);

	using Queue = Napi::TypedThreadSafeFunction<TraceCore, Delivery, &TraceCore::Deliver>;

	TraceOptions options_;
	std::shared_ptr<Reader> reader_;
	std::unique_ptr<Capture> capture_;
	std::mutex queue_mutex_;  // guards the next two
	Queue queue_;
	bool connected_ = false;
	bool ended_ = false;
	std::atomic<uint64_t> outstanding_bytes_{0};
	std::atomic<uint64_t> outstanding_batches_{0};
};

}  // namespace sonde
