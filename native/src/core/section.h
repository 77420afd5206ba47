// The section of a BPF program says what it is: "kind/attach point"; that of a body, which is reached by a tail call, only
// its kind.
#pragma once

#include <string_view>

#include <bpf/libbpf.h>

namespace sonde {

constexpr std::string_view kReturnProbeKind = "kretprobe.multi";

struct Section {
	explicit Section(const bpf_program *program);

	std::string_view kind;
	std::string_view attach_point;
};

bool IsBody(const bpf_program *program);
// On the entry of a system call.
bool IsStart(const bpf_program *program);

}  // namespace sonde
