#include "plan_from_js.h"

#include <map>
#include <string>
#include <vector>

#include "core/error.h"

namespace sonde {

namespace {

const std::map<std::string, Op> &Ops()
{
	static const std::map<std::string, Op> ops = {
	    {"uint8", Op::kUint8},   {"uint16", Op::kUint16}, {"uint32", Op::kUint32}, {"uint64", Op::kUint64},
	    {"int32", Op::kInt32},   {"int64", Op::kInt64},   {"bool", Op::kBool},     {"ktime", Op::kKtime},
	    {"chars", Op::kChars},   {"string", Op::kString}, {"message", Op::kMessage},
	    {"strings", Op::kStrings}, {"address", Op::kAddress},
	    {"name", Op::kName},     {"kernelStack", Op::kKernelStack}, {"userStack", Op::kUserStack},
	    {"bytes", Op::kBytes},
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

Names NamesOf(const Napi::Object &object)
{
	Napi::Value value = object.Get("names");
	Names names;

	if (!value.IsArray())
		throw Error(ErrorCode::kInvalidArgument, "plan: names is not a list");
	Napi::Array list = value.As<Napi::Array>();
	for (uint32_t i = 0; i < list.Length(); i++)
		names.push_back(list.Get(i).ToString());
	return names;
}

void Append(std::vector<Step> &steps, std::vector<Names> &names, const Napi::Array &list)
{
	for (uint32_t i = 0; i < list.Length(); i++) {
		Napi::Object object = list.Get(i).As<Napi::Object>();
		std::string name = object.Get("op").ToString();
		auto found = Ops().find(name);

		if (found == Ops().end())
			throw Error(ErrorCode::kInvalidArgument, "plan: unknown step " + name);
		Step step{found->second, 0, 0, Number(object, "tag"), 0};
		if (step.op == Op::kMessage) {
			steps.push_back(step);
			Append(steps, names, object.Get("steps").As<Napi::Array>());
			steps.push_back(Step{Op::kEnd, 0, 0, 0, 0});
			continue;
		}
		step.offset = Number(object, "offset");
		if (step.op == Op::kName) {
			step.raw_tag = static_cast<uint32_t>(names.size());
			names.push_back(NamesOf(object));
		}
		if (step.op == Op::kChars)
			step.size = Number(object, "size");
		if (step.op == Op::kChars || step.op == Op::kString || step.op == Op::kStrings)
			step.raw_tag = Number(object, "rawTag");
		steps.push_back(step);
	}
}

SubjectOffsets SubjectFromJs(const Napi::Value &value)
{
	if (!value.IsObject())
		throw Error(ErrorCode::kInvalidArgument, "plan: it has no subject");
	Napi::Object subject = value.As<Napi::Object>();
	return {Number(subject, "startBoottime"), Number(subject, "cgroup"), Number(subject, "tgid"),
		Number(subject, "uid")};
}

}  // namespace

Plan PlanFromJs(const Napi::Object &object)
{
	std::vector<Step> steps;
	std::vector<Names> names;

	Append(steps, names, object.Get("steps").As<Napi::Array>());
	return Plan(std::move(steps), std::move(names), SubjectFromJs(object.Get("subject")));
}

}  // namespace sonde
