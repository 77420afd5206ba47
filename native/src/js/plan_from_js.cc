#include "plan_from_js.h"

#include <algorithm>
#include <map>
#include <string>

#include "core/error.h"

namespace sonde {

namespace {

struct OpInfo {
	Op op;
	uint32_t bytes;  // read from the struct; 0: the step says
};

const std::map<std::string, OpInfo> &Ops()
{
	static const std::map<std::string, OpInfo> ops = {
	    {"uint8", {Op::kUint8, 1}},  {"uint16", {Op::kUint16, 2}}, {"uint32", {Op::kUint32, 4}},
	    {"uint64", {Op::kUint64, 8}}, {"int32", {Op::kInt32, 4}},   {"int64", {Op::kInt64, 8}},
	    {"bool", {Op::kBool, 1}},    {"ktime", {Op::kKtime, 8}},   {"chars", {Op::kChars, 0}},
	    {"string", {Op::kString, 4}}, {"message", {Op::kMessage, 0}},
	};

	return ops;
}

uint32_t Number(const Napi::Object &object, const char *name)
{
	Napi::Value value = object.Get(name);

	if (!value.IsNumber())
		throw Error(ErrorCode::kInvalidArgument, std::string("plan: ") + name + " is not a number");
	return value.As<Napi::Number>().Uint32Value();
}

void Append(Plan &plan, const Napi::Array &steps)
{
	for (uint32_t i = 0; i < steps.Length(); i++) {
		Napi::Object object = steps.Get(i).As<Napi::Object>();
		std::string name = object.Get("op").ToString();
		auto found = Ops().find(name);

		if (found == Ops().end())
			throw Error(ErrorCode::kInvalidArgument, "plan: unknown step " + name);
		Step step{found->second.op, 0, 0, Number(object, "tag"), 0};
		if (step.op == Op::kMessage) {
			plan.steps.push_back(step);
			Append(plan, object.Get("steps").As<Napi::Array>());
			plan.steps.push_back(Step{Op::kEnd, 0, 0, 0, 0});
			continue;
		}
		step.offset = Number(object, "offset");
		step.size = step.op == Op::kChars ? Number(object, "size") : found->second.bytes;
		if (step.op == Op::kChars || step.op == Op::kString)
			step.raw_tag = Number(object, "rawTag");
		if (step.op == Op::kKtime)
			plan.time_offset = step.offset;
		plan.minimum_bytes = std::max(plan.minimum_bytes, step.offset + step.size);
		plan.steps.push_back(step);
	}
}

}  // namespace

Plan PlanFromJs(const Napi::Object &object)
{
	Plan plan;

	Append(plan, object.Get("steps").As<Napi::Array>());
	if (plan.steps.empty() || plan.steps[0].op != Op::kKtime)
		throw Error(ErrorCode::kInvalidArgument, "plan: the first step is not the time of the event");
	return plan;
}

}  // namespace sonde
