#include "section.h"

namespace sonde {

namespace {

constexpr std::string_view kBodySuffix = "_body", kStartPrefix = "start_", kKeepPrefix = "keep_";

bool BeginsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

bool EndsWith(std::string_view text, std::string_view suffix)
{
	return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

}  // namespace

Section::Section(std::string_view name)
{
	size_t slash = name.find('/');

	kind = name.substr(0, slash);
	if (slash != std::string_view::npos)
		attach_point = name.substr(slash + 1);
}

Role RoleOf(const bpf_program *program)
{
	std::string_view name = bpf_program__name(program);

	if (EndsWith(name, kBodySuffix))
		return Role::kBody;
	return BeginsWith(name, kStartPrefix) || BeginsWith(name, kKeepPrefix) ? Role::kStart : Role::kEntry;
}

}  // namespace sonde
