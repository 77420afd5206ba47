// What a BPF map costs.
#pragma once

#include <cstdint>

namespace sonde {

// The bytes that the kernel charges for a map: "memlock" in /proc/self/fdinfo/FD; 0 if it does not say. From 5.11 to 6.3
// it computes them from the sizes of keys and values, of which rings have none: there it says 0 for a ring.
// Source: bpf_map_show_fdinfo and what it calls, in kernel/bpf/syscall.c.
uint64_t MapMemoryBytes(int map_fd);

}  // namespace sonde
