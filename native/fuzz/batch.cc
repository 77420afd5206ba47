// Batches of hostile records: none is lost, none is larger than it may be, and subjects and stacks are each said once. In the
// input: the limits, then records, each with its probe and length.
#include "core/batch.h"

#include <set>

#include "core/encoder.h"
#include "fuzz/input.h"

namespace {

using namespace sonde;

constexpr uint32_t kEventsField = 8;

class Checker {
public:
	void Check(const EncodedBatch &batch, uint32_t max_bytes)
	{
		std::vector<WireField> events =
		    WireFields({reinterpret_cast<const char *>(batch.bytes.get()), batch.size});
		std::set<uint32_t> ids;

		Require(events.size() == batch.events && batch.events != 0);
		Require(batch.size <= max_bytes || batch.events == 1);
		Require(!batch.subjects.empty() && batch.subjects.size() <= batch.events);
		for (const Stack &stack : batch.stacks)
			Require(stack.id != 0 && !stack.addresses.empty() && ids.insert(stack.id).second);
		events_ += batch.events;
	}
	size_t events() const { return events_; }

private:
	size_t events_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Input input(data, size);
	BatchLimits limits{input.Take<uint8_t>() + 1U, input.Take<uint16_t>() + 1U, 0};
	BatchBuilder builder(limits, kEventsField, true);
	Checker checker;
	size_t added = 0;

	while (input.left() > 0) {
		const Plan &plan = ProbePlans()[input.Take<uint8_t>() % ProbePlans().size()];
		// Mostly zeros behind the bytes that are there, as short inputs find more than long ones.
		auto [given, bytes] = input.TakeBytes(input.Take<uint8_t>());
		std::vector<uint8_t> record(std::max<size_t>(bytes, plan.minimum_bytes()));

		std::copy(given.get(), given.get() + bytes, record.begin());
		Added result = builder.Add(plan, record.data(), record.size());
		if (result == Added::kRefused) {
			checker.Check(builder.Seal(), limits.max_bytes);
			result = builder.Add(plan, record.data(), record.size());
			Require(result != Added::kRefused);
		}
		added++;
		if (result == Added::kFull)
			checker.Check(builder.Seal(), limits.max_bytes);
	}
	if (!builder.empty())
		checker.Check(builder.Seal(), limits.max_bytes);
	Require(checker.events() == added);
	return 0;
}
