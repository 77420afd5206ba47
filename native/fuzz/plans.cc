#include "core/utf8.h"
#include "fuzz/input.h"

namespace sonde {

namespace {

// Decodes one message, from the step behind its beginning; gives the step behind its end.
size_t Decode(const std::vector<Step> &steps, size_t at, std::string_view message, bool *is_right)
{
	constexpr uint32_t kLengthDelimited = 2;
	std::vector<WireField> fields = WireFields(message);

	for (; at < steps.size() && steps[at].op != Op::kEnd; at++) {
		const Step &step = steps[at];
		std::string_view inner;

		for (const WireField &field : fields) {
			if ((field.number << 3 | field.wire_type) != step.tag)
				continue;
			inner = field.bytes;
			bool is_text = step.op == Op::kChars || step.op == Op::kString || step.op == Op::kStrings;
			if (is_text && field.wire_type == kLengthDelimited &&
			    !IsUtf8(reinterpret_cast<const uint8_t *>(inner.data()), inner.size()))
				*is_right = false;
		}
		if (step.op == Op::kMessage)
			at = Decode(steps, at + 1, inner, is_right);
	}
	return at;
}

}  // namespace

const std::vector<Plan> &ProbePlans()
{
	static const Names names = {"", "ONE", std::string(300, 'n')};
	static const std::vector<Plan> plans = {
#include "all_plans.inc"
	};

	return plans;
}

bool IsDecodable(const Plan &plan, std::string_view event)
{
	bool is_right = true;

	try {
		Decode(plan.steps(), 0, event, &is_right);
	} catch (const std::runtime_error &) {
		return false;
	}
	return is_right;
}

}  // namespace sonde
