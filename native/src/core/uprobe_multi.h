// Links of many functions of one file (uprobe-multi), which libbpf knows only since 1.3.
#pragma once

#include <cstdint>
#include <string>

namespace sonde {

// BPF_TRACE_UPROBE_MULTI in include/uapi/linux/bpf.h: what programs of such links are loaded for.
constexpr int kUprobeMultiAttachType = 48;

// The descriptor of the link, or -1 and errno. For all processes.
int LinkUprobeMulti(int program_fd, const std::string &file, uint64_t offset, bool is_return);

// Whether the kernel has such links, since 6.6, and these privileges are enough for them.
bool HasUprobeMulti();

}  // namespace sonde
