// Collects encoded events until a batch is full or old enough.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "plan.h"

namespace sonde {

struct BatchLimits {
	uint32_t max_events;
	uint32_t max_bytes;
	uint64_t max_delay_ns;
};

// Encoded events in order of time: the bytes of `repeated Event events`, ready to stand behind an envelope.
struct EncodedBatch {
	std::unique_ptr<uint8_t[]> bytes;
	uint32_t size = 0;
	uint32_t events = 0;
};

class BatchBuilder {
public:
	BatchBuilder(const BatchLimits &limits, uint32_t events_field) : limits_(limits), events_field_(events_field) {}

	bool empty() const { return index_.empty(); }
	uint64_t oldest_ns() const { return oldest_ns_; }

	// Encodes one record behind the others. Gives false if the batch has then to be sealed before the next: it has the
	// size or number that it may have, or this record (then in it) would make it too large and is held for the next.
	bool Add(const Plan &plan, const uint8_t *record, size_t bytes, int64_t unix_offset_ns);

	// Takes the batch and begins a new one with the record that was held, if there is one.
	EncodedBatch Seal();

private:
	struct Entry {
		uint64_t time_ns;
		uint32_t offset;
		uint32_t bytes;
	};

	void Reserve(size_t more);
	void Sort();

	BatchLimits limits_;
	uint32_t events_field_;
	std::unique_ptr<uint8_t[]> buffer_;
	size_t capacity_ = 0;
	size_t used_ = 0;
	std::vector<Entry> index_;
	uint64_t oldest_ns_ = 0;
	uint64_t newest_ns_ = 0;
	bool in_order_ = true;
	bool held_ = false;  // the last entry belongs to the next batch
};

}  // namespace sonde
