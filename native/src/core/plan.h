// How to write a probe's struct as its protobuf message: a flat list of steps, made when the package is built by joining
// the BTF of the object with the descriptor of the message (service/catalog/build), so there is no code per probe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "subject.h"

namespace sonde {

enum class Op : uint8_t {
	kUint8,
	kUint16,
	kUint32,
	kUint64,
	kInt32,  // sign-extended varint, also enums
	kInt64,
	kBool,
	kKtime,    // monotonic ns -> fixed64 Unix ns
	kChars,    // char[size], up to the first NUL -> string
	kString,   // struct sonde_string -> string
	kStrings,  // struct sonde_string, each text in it with a NUL behind -> repeated string
	kBytes,    // struct sonde_string -> bytes
	kName,     // u32 -> string, by a table
	kKernelStack,  // struct sonde_kernel_stack -> uint32, by the trace's stacks
	kUserStack,    // struct sonde_user_stack -> the same
	kAddress,  // 16 bytes -> bytes: 4 for ::ffff:a.b.c.d, else 16
	kMessage,  // begins a nested message
	kEnd,      // ends it
};

struct Step {
	Op op;
	uint32_t offset;   // in the struct, bytes
	uint32_t size;     // kChars only
	uint32_t tag;      // field number and wire type
	uint32_t raw_tag;  // of the `_raw` field beside a text; kName: which table
};

// Names by their numbers; empty where there is none.
using Names = std::vector<std::string>;

class Plan {
public:
	// Messages in messages, the event itself not counted.
	static constexpr size_t kMaxNesting = 4;
	// A byte of text becomes at most three, and once more itself in the raw field.
	static constexpr size_t kBytesPerTextByte = 4;
	// The NUL behind an empty text of a list becomes a tag and a length, twice.
	static constexpr size_t kBytesPerListByte = 12;

	// The first step is the time of the event. Throws Error(kInvalidArgument).
	explicit Plan(std::vector<Step> steps, std::vector<Names> names = {}, const SubjectOffsets &subject = {});

	const std::vector<Step> &steps() const { return steps_; }
	const Names &names(const Step &step) const { return names_[step.raw_tag]; }
	// Of a record; its strings come behind.
	uint32_t minimum_bytes() const { return minimum_bytes_; }
	// Where the record's monotonic time is.
	uint32_t time_offset() const { return steps_[0].offset; }
	const SubjectOffsets &subject() const { return subject_; }
	// The most that an event takes beside the texts of its kString and kStrings steps.
	size_t fixed_bound() const { return fixed_bound_; }
	// The most that a byte of those takes.
	size_t bytes_per_text_byte() const { return bytes_per_text_byte_; }

private:
	std::vector<Step> steps_;
	std::vector<Names> names_;
	SubjectOffsets subject_;
	uint32_t minimum_bytes_ = 0;
	size_t fixed_bound_ = 0;
	size_t bytes_per_text_byte_ = kBytesPerTextByte;
};

}  // namespace sonde
