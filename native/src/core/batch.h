// Collects encoded events until a batch is full or old enough.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "plan.h"
#include "stack_table.h"

namespace sonde {

struct BatchLimits {
	uint32_t max_events;
	uint32_t max_bytes;
	uint64_t max_delay_ns;
};

struct FreeBytes {
	void operator()(uint8_t *bytes) const { free(bytes); }
};

// From malloc, because a full batch is cut to its size where it is.
using Bytes = std::unique_ptr<uint8_t[], FreeBytes>;

// Encoded events in order of time: the bytes of `repeated Event events`, ready to stand behind an envelope.
struct EncodedBatch {
	Bytes bytes;
	uint32_t size = 0;
	uint32_t events = 0;
	uint64_t oldest_unix_ns = 0;  // time of the first event
	std::vector<Subject> subjects;  // if they are wanted
	std::vector<Stack> stacks;      // that its events name
};

// What became of a record.
enum class Added {
	kRoom,     // it is in the batch, and more may follow
	kFull,     // it is in the batch, which has to be sealed now
	kRefused,  // it would make the batch too large: seal, then add it again
};

class BatchBuilder {
public:
	BatchBuilder(const BatchLimits &limits, uint32_t events_field, bool wants_subjects = false)
	    : limits_(limits), events_field_(events_field), wants_subjects_(wants_subjects)
	{
	}

	bool empty() const { return index_.empty(); }
	uint64_t oldest_ns() const { return oldest_ns_; }

	// Encodes one record behind the others. An empty batch takes a record of any size.
	Added Add(const Plan &plan, const uint8_t *record, size_t bytes);

	// Takes the batch and begins a new one.
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
	bool wants_subjects_;
	Subjects subjects_;
	StackTable stacks_;
	Bytes buffer_;
	size_t capacity_ = 0;
	size_t used_ = 0;
	std::vector<Entry> index_;
	uint64_t oldest_ns_ = 0;
	uint64_t newest_ns_ = 0;
	// One for the whole batch: with another one in the middle, an event could seem to be before its cause.
	int64_t unix_offset_ns_ = 0;
	bool in_order_ = true;
};

}  // namespace sonde
