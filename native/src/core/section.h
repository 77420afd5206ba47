// What a BPF program is in its probe: its section says where it is attached, its name what it does there.
#pragma once

#include <string_view>

#include <bpf/libbpf.h>

namespace sonde {

constexpr std::string_view kUserProbeKind = "uprobe", kUserReturnProbeKind = "uretprobe";
constexpr std::string_view kReturnProbeKind = "kretprobe.multi";

// "kind/attach point"; of bodies that entries of several attach points share, "kind".
struct Section {
	explicit Section(const bpf_program *program) : Section(std::string_view(bpf_program__section_name(program))) {}
	explicit Section(std::string_view name);

	// On a function in user space: the attach point is "FILE:FUNCTION".
	bool IsUser() const { return kind == kUserProbeKind || kind == kUserReturnProbeKind; }

	std::string_view kind;
	std::string_view attach_point;
};

enum class Role {
	kEntry,  // attached, counts, and calls the body
	kBody,   // `NAME_body`: never attached, makes the event
	kStart,  // `start_NAME` or `keep_NAME`: attached, remembers what an entry will need later
};

Role RoleOf(const bpf_program *program);
inline bool IsBody(const bpf_program *program) { return RoleOf(program) == Role::kBody; }
// A hit that such a program missed shows as start_lost.
inline bool IsStart(const bpf_program *program) { return RoleOf(program) == Role::kStart; }

}  // namespace sonde
