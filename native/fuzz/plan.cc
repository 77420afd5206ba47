// Plans of any steps: what Plan takes, the encoder can do with any record of the least size. In the input: steps, then the
// record.
#include "core/plan.h"

#include "core/encoder.h"
#include "core/error.h"
#include "fuzz/input.h"

namespace {

using namespace sonde;

constexpr uint32_t kEventsField = 8;
constexpr size_t kMostSteps = 64;

Step TakeStep(Input &input)
{
	Step step{static_cast<Op>(input.Take<uint8_t>() % (static_cast<uint8_t>(Op::kEnd) + 1)), 0, 0, 0, 0};

	step.offset = input.Take<uint8_t>() % 4 == 0 ? input.Take<uint32_t>() : input.Take<uint8_t>();
	step.size = input.Take<uint8_t>();
	step.tag = input.Take<uint32_t>();
	step.raw_tag = input.Take<uint8_t>();
	return step;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input input(data, size);
	std::vector<Step> steps = {{Op::kKtime, input.Take<uint8_t>(), 0, 9, 0}};
	SubjectOffsets subject{input.Take<uint16_t>(), input.Take<uint16_t>(), input.Take<uint16_t>(),
			       input.Take<uint16_t>()};

	for (size_t left = input.Take<uint8_t>() % kMostSteps; left > 0; left--)
		steps.push_back(TakeStep(input));
	try {
		Plan plan(steps, {{"", "NAME"}, {}}, subject);
		// Sizes near the least are those that matter.
		size_t bytes = plan.minimum_bytes() + input.left();
		std::unique_ptr<uint8_t[]> record(new uint8_t[bytes]()), out(new uint8_t[EncodedBound(plan, bytes)]);
		auto [given, length] = input.TakeBytes(bytes);
		StackTable stacks;

		std::copy(given.get(), given.get() + length, record.get());
		Require(EncodeEvent(plan, kEventsField, record.get(), bytes, 0, stacks, out.get()) <=
			EncodedBound(plan, bytes));
	} catch (const Error &error) {
		Require(error.code() == ErrorCode::kInvalidArgument);
	}
	return 0;
}
