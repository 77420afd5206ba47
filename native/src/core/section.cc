#include "section.h"

namespace sonde {

namespace {

constexpr std::string_view kStartSection = "tracepoint/syscalls/sys_enter_";

}  // namespace

Section::Section(const bpf_program *program)
{
	std::string_view name = bpf_program__section_name(program);
	size_t slash = name.find('/');

	kind = name.substr(0, slash);
	if (slash != std::string_view::npos)
		attach_point = name.substr(slash + 1);
}

bool IsBody(const bpf_program *program) { return Section(program).attach_point.empty(); }

bool IsStart(const bpf_program *program)
{
	return std::string_view(bpf_program__section_name(program)).substr(0, kStartSection.size()) == kStartSection;
}

}  // namespace sonde
