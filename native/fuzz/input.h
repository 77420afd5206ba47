// What fuzzing targets share: input taken apart, memory of exactly its size, and the plans of all probes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/plan.h"
#include "test/wire.h"

namespace sonde {

// Input is read from its beginning; behind its end there are zeros.
class Input {
public:
	Input(const uint8_t *data, size_t size) : data_(data), left_(size) {}

	size_t left() const { return left_; }
	template <typename T> T Take()
	{
		T value{};
		size_t bytes = std::min(sizeof(value), left_);

		memcpy(&value, data_, bytes);
		Skip(bytes);
		return value;
	}
	// In memory of their own, so that the sanitizer knows where it ends.
	std::pair<std::unique_ptr<uint8_t[]>, size_t> TakeBytes(size_t most)
	{
		size_t bytes = std::min(most, left_);
		std::unique_ptr<uint8_t[]> copy(new uint8_t[bytes]);

		if (bytes != 0)
			memcpy(copy.get(), data_, bytes);
		Skip(bytes);
		return {std::move(copy), bytes};
	}

private:
	void Skip(size_t bytes)
	{
		data_ += bytes;
		left_ -= bytes;
	}

	const uint8_t *data_;
	size_t left_;
};

// Ends the process: what libFuzzer takes for a finding.
inline void Require(bool holds)
{
	if (!holds)
		__builtin_trap();
}

// The plans of the catalogue, with some names where the kernel's belong.
const std::vector<Plan> &ProbePlans();

// Whether bytes are fields, and what the plan says are messages are some in turn, with texts in UTF-8.
bool IsDecodable(const Plan &plan, std::string_view event);

}  // namespace sonde
