// A ring with hostile records, of whatever probe: each either fits no plan, as Capture finds, or becomes a decodable event of
// a bounded size. In the input: the probe, whether each text's place in the record is mended, and the record.
#include "core/encoder.h"

#include "fuzz/input.h"

namespace {

using namespace sonde;

constexpr uint32_t kEventsField = 8;

bool IsInTail(const Step &step)
{
	return step.op == Op::kString || step.op == Op::kStrings || step.op == Op::kBytes ||
	       step.op == Op::kKernelStack || step.op == Op::kUserStack;
}

// Else nearly all places are outside of the record, and nothing is read there.
void MendTexts(const Plan &plan, uint8_t *record, size_t bytes)
{
	uint16_t next = static_cast<uint16_t>(plan.minimum_bytes());

	for (const Step &step : plan.steps()) {
		uint16_t length;

		if (!IsInTail(step))
			continue;
		memcpy(&length, record + step.offset + 2, sizeof(length));
		length = static_cast<uint16_t>(length % (bytes - next + 1));
		memcpy(record + step.offset, &next, sizeof(next));
		memcpy(record + step.offset + 2, &length, sizeof(length));
		next = static_cast<uint16_t>(next + length);
	}
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input input(data, size);
	const Plan &plan = ProbePlans()[input.Take<uint8_t>() % ProbePlans().size()];
	bool is_mended = input.Take<uint8_t>() % 2 == 1;
	auto [record, bytes] = input.TakeBytes(UINT16_MAX);

	if (bytes < plan.minimum_bytes())
		return 0;
	if (is_mended)
		MendTexts(plan, record.get(), bytes);
	size_t bound = EncodedBound(plan, bytes);
	std::unique_ptr<uint8_t[]> out(new uint8_t[bound]);
	StackTable stacks;
	size_t written = EncodeEvent(plan, kEventsField, record.get(), bytes, 1, stacks, out.get());
	Require(written <= bound);
	std::vector<WireField> events = WireFields({reinterpret_cast<const char *>(out.get()), written});
	Require(events.size() == 1 && events[0].number == kEventsField);
	Require(IsDecodable(plan, events[0].bytes));
	size_t addresses = 0;
	for (const Stack &stack : stacks.Take())
		addresses += stack.addresses.size();
	Require(addresses * sizeof(uint64_t) <= bytes);
	return 0;
}
