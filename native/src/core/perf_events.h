// What perf counts, with a program that runs each time.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <bpf/libbpf.h>

namespace sonde {

constexpr std::string_view kPerfEventKind = "perf_event";

// Attaches to the count of that name on each CPU that is online; CPUs that come later are not watched. Errors are those of
// libbpf: none of the links then, and errno.
std::vector<bpf_link *> AttachPerfEvent(const bpf_program *program, std::string_view counted);

// Whether this process may count what all processes of a CPU do, which tracepoints take too; 0 or an errno.
int TryPerfEvent();

}  // namespace sonde
