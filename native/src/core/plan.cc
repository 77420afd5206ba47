#include "plan.h"

#include <algorithm>
#include <string>
#include <utility>

#include "error.h"

namespace sonde {

namespace {

// struct sonde_string holds offsets of 16 bits, so no record is larger.
constexpr uint64_t kMostRecordBytes = UINT16_MAX;
// Of a tag, of a number, and of the length of a text.
constexpr size_t kTagBytes = 5;
constexpr size_t kNumberBytes = 10;
constexpr size_t kLengthBytes = 5;
constexpr size_t kAddressBytes = 16;

// Bytes that a step reads from the struct.
uint32_t SizeOf(const Step &step)
{
	switch (step.op) {
	case Op::kUint8:
	case Op::kBool:
		return 1;
	case Op::kUint16:
		return 2;
	case Op::kUint32:
	case Op::kInt32:
	case Op::kName:
	case Op::kString:
	case Op::kStrings:
	case Op::kKernelStack:
	case Op::kUserStack:
	case Op::kBytes:
		return 4;
	case Op::kUint64:
	case Op::kInt64:
	case Op::kKtime:
		return 8;
	case Op::kAddress:
		return kAddressBytes;
	case Op::kChars:
		return step.size;
	case Op::kMessage:
	case Op::kEnd:
		return 0;
	}
	throw Error(ErrorCode::kInvalidArgument, "plan: unknown step");
}

// The most that a step writes, the texts of a kString or kStrings not counted.
size_t BoundOf(const Step &step, const std::vector<Names> &names)
{
	if (step.op == Op::kName) {
		size_t longest = kNumberBytes;

		for (const std::string &name : names[step.raw_tag])
			longest = std::max(longest, name.size());
		return kTagBytes + kLengthBytes + longest;
	}
	if (step.op == Op::kChars || step.op == Op::kString)
		return 2 * (kTagBytes + kLengthBytes) + (step.op == Op::kChars ? step.size * Plan::kBytesPerTextByte : 0);
	if (step.op == Op::kAddress)
		return kTagBytes + kLengthBytes + kAddressBytes;
	return kTagBytes + kNumberBytes;
}

}  // namespace

Plan::Plan(std::vector<Step> steps, std::vector<Names> names, const SubjectOffsets &subject)
    : steps_(std::move(steps)), names_(std::move(names)), subject_(subject), fixed_bound_(kTagBytes + kLengthBytes)
{
	size_t depth = 0;

	if (steps_.empty() || steps_[0].op != Op::kKtime)
		throw Error(ErrorCode::kInvalidArgument, "plan: the first step is not the time of the event");
	for (const Step &step : steps_) {
		uint64_t end = uint64_t{step.offset} + SizeOf(step);

		if (end > kMostRecordBytes)
			throw Error(ErrorCode::kInvalidArgument,
				    "plan: no record has " + std::to_string(end) + " bytes");
		if (step.op == Op::kMessage && ++depth > kMaxNesting)
			throw Error(ErrorCode::kInvalidArgument,
				    "plan: more than " + std::to_string(kMaxNesting) + " nested messages");
		if (step.op == Op::kEnd && depth-- == 0)
			throw Error(ErrorCode::kInvalidArgument, "plan: a message ends that did not begin");
		minimum_bytes_ = std::max(minimum_bytes_, static_cast<uint32_t>(end));
		if (step.op == Op::kName && step.raw_tag >= names_.size())
			throw Error(ErrorCode::kInvalidArgument, "plan: a step has no names");
		fixed_bound_ += BoundOf(step, names_);
		if (step.op == Op::kStrings)
			bytes_per_text_byte_ = kBytesPerListByte;
	}
	if (depth != 0)
		throw Error(ErrorCode::kInvalidArgument, "plan: a message does not end");
	for (uint32_t offset : {subject.start_boottime, subject.cgroup, subject.tgid, subject.uid}) {
		if (offset > kMostRecordBytes - sizeof(uint64_t))
			throw Error(ErrorCode::kInvalidArgument, "plan: no record has a subject there");
		minimum_bytes_ = std::max<uint32_t>(minimum_bytes_, offset == 0 ? 0 : offset + sizeof(uint64_t));
	}
}

}  // namespace sonde
