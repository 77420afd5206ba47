// Executes a plan: one record of a ring becomes one element of `repeated Event events`.
#pragma once

#include <cstddef>
#include <cstdint>

#include "plan.h"
#include "stack_table.h"

namespace sonde {

// The most that EncodeEvent can write for a record of `bytes`.
size_t EncodedBound(const Plan &plan, size_t bytes);

// Writes tag, length and message and gives the bytes written. `record` must have plan.minimum_bytes(); a string that
// points outside of it, or with the others is more than all of it, is left out. `stacks` gives the numbers of stacks.
size_t EncodeEvent(const Plan &plan, uint32_t field_number, const uint8_t *record, size_t bytes,
		   int64_t unix_offset_ns, StackTable &stacks, uint8_t *out);

}  // namespace sonde
