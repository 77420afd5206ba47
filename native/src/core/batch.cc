#include "batch.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "clock.h"
#include "encoder.h"

namespace sonde {

namespace {

// Takes the memory over; grown or cut, with its content. Throws std::bad_alloc.
Bytes Resize(Bytes bytes, size_t size)
{
	auto *resized = static_cast<uint8_t *>(realloc(bytes.get(), size));

	if (resized == nullptr)
		throw std::bad_alloc();
	// realloc has taken the old memory over.
	[[maybe_unused]] uint8_t *old = bytes.release();
	return Bytes(resized);
}

}  // namespace

void BatchBuilder::Reserve(size_t more)
{
	size_t needed = used_ + more;

	if (needed <= capacity_)
		return;
	// The first request already covers a whole batch: it grows only for an event that alone is larger than the limit.
	size_t capacity = std::max(needed, static_cast<size_t>(limits_.max_bytes) + more);
	buffer_ = Resize(std::move(buffer_), capacity);
	capacity_ = capacity;
}

Added BatchBuilder::Add(const Plan &plan, const uint8_t *record, size_t bytes)
{
	uint64_t time;
	size_t written;

	if (index_.empty())
		unix_offset_ns_ = UnixOffsetNs();
	Reserve(EncodedBound(plan, bytes));
	memcpy(&time, record + plan.time_offset(), sizeof(time));
	written = EncodeEvent(plan, events_field_, record, bytes, unix_offset_ns_, stacks_, buffer_.get() + used_);
	if (!index_.empty() && used_ + written > limits_.max_bytes)
		return Added::kRefused;
	index_.push_back({time, static_cast<uint32_t>(used_), static_cast<uint32_t>(written)});
	used_ += written;
	if (wants_subjects_)
		subjects_.Add(record, plan.subject());
	if (index_.size() == 1) {
		oldest_ns_ = newest_ns_ = time;
	} else {
		in_order_ = in_order_ && time >= newest_ns_;
		newest_ns_ = std::max(newest_ns_, time);
		oldest_ns_ = std::min(oldest_ns_, time);
	}
	return index_.size() < limits_.max_events && used_ < limits_.max_bytes ? Added::kRoom : Added::kFull;
}

void BatchBuilder::Sort()
{
	Bytes sorted = Resize(nullptr, used_);
	size_t at = 0;

	// Records of one CPU are in order; stable keeps those of the same nanosecond so.
	std::stable_sort(index_.begin(), index_.end(),
			 [](const Entry &a, const Entry &b) { return a.time_ns < b.time_ns; });
	for (const Entry &entry : index_) {
		memcpy(sorted.get() + at, buffer_.get() + entry.offset, entry.bytes);
		at += entry.bytes;
	}
	buffer_ = std::move(sorted);
	capacity_ = used_;
}

EncodedBatch BatchBuilder::Seal()
{
	EncodedBatch batch;

	if (!in_order_)
		Sort();
	batch.size = static_cast<uint32_t>(used_);
	batch.events = static_cast<uint32_t>(index_.size());
	batch.subjects = subjects_.Take();
	batch.stacks = stacks_.Take();
	batch.oldest_unix_ns = index_.empty() ? 0 : oldest_ns_ + static_cast<uint64_t>(unix_offset_ns_);
	if (used_ * 2 >= capacity_) {
		batch.bytes = Resize(std::move(buffer_), used_);
		capacity_ = 0;
	} else {
		// A small batch must not keep a large buffer for as long as it is retained.
		batch.bytes = Resize(nullptr, used_);
		memcpy(batch.bytes.get(), buffer_.get(), used_);
	}
	index_.clear();
	used_ = 0;
	in_order_ = true;
	return batch;
}

}  // namespace sonde
