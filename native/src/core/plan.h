// How to write a probe's struct as its protobuf message: a flat list of steps, made when the package is built by joining
// the BTF of the object with the descriptor of the message (service/catalog/build), so there is no code per probe.
#pragma once

#include <cstdint>
#include <vector>

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
	kMessage,  // begins a nested message
	kEnd,      // ends it
};

struct Step {
	Op op;
	uint32_t offset;   // in the struct, bytes
	uint32_t size;     // kChars only
	uint32_t tag;      // field number and wire type
	uint32_t raw_tag;  // of the `_raw` field beside a string
};

struct Plan {
	std::vector<Step> steps;
	uint32_t minimum_bytes = 0;  // of a record; its strings come behind
	uint32_t time_offset = 0;    // where the record's monotonic time is
};

}  // namespace sonde
