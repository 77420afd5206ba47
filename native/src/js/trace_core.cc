#include "trace_core.h"

#include <malloc.h>

#include "event_batch.h"

namespace sonde {

void TraceCore::Connect(Napi::Env env, const Napi::Function &on_batch, const std::shared_ptr<TraceCore> &self)
{
	auto *keep = new std::shared_ptr<TraceCore>(self);

	self->queue_ = Queue::New(
	    env, on_batch, "sonde-trace", 0, 1, self.get(),
	    [](Napi::Env, std::shared_ptr<TraceCore> *kept, TraceCore *) { delete kept; }, keep);
	self->connected_ = true;
}

void TraceCore::Open()
{
	// The images are large and not needed again.
	TraceOptions options = std::move(options_);
	auto capture = std::make_unique<Capture>(options, *this);

	reader_->Add(capture.get());
	try {
		capture->Attach();
	} catch (...) {
		reader_->Remove(capture.get());
		throw;
	}
	capture_ = std::move(capture);
}

void TraceCore::Stop()
{
	capture_->Detach();
	reader_->Remove(capture_.get());
	capture_->Finish();
	Send(std::make_unique<Delivery>(Delivery{{}, true}));
	Disconnect();
	// What traces have freed, this one and those before, lies between what others still hold: glibc gives such pages back
	// only when asked, and a node with many short traces grows to twice its size.
	malloc_trim(0);
}

void TraceCore::Disconnect()
{
	std::lock_guard<std::mutex> lock(queue_mutex_);

	if (connected_)
		queue_.Release();
	connected_ = false;
}

void TraceCore::Push(SealedBatch batch)
{
	outstanding_bytes_.fetch_add(batch.events.size, std::memory_order_release);
	outstanding_batches_.fetch_add(1, std::memory_order_release);
	Send(std::make_unique<Delivery>(Delivery{std::move(batch), false}));
}

void TraceCore::Send(std::unique_ptr<Delivery> delivery)
{
	std::lock_guard<std::mutex> lock(queue_mutex_);

	// Refused only while the environment is torn down; nobody is left then to miss it.
	if (connected_ && queue_.NonBlockingCall(delivery.get()) == napi_ok)
		delivery.release();
}

void TraceCore::Ended(Napi::Env env)
{
	ended_ = true;
	for (auto &deferred : on_ended)
		deferred.Resolve(env.Undefined());
	on_ended.clear();
}

void TraceCore::Deliver(Napi::Env env, Napi::Function on_batch, TraceCore *core, Delivery *pointer)
{
	std::unique_ptr<Delivery> delivery(pointer);

	if (env == nullptr)
		return;
	Napi::HandleScope scope(env);
	if (delivery->last) {
		core->Ended(env);
		return;
	}
	core->outstanding_bytes_.fetch_sub(delivery->batch.events.size, std::memory_order_release);
	core->outstanding_batches_.fetch_sub(1, std::memory_order_release);
	on_batch.Call({EventBatch::New(env, std::move(delivery->batch))});
}

}  // namespace sonde
