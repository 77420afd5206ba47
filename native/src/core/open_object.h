// Opens BPF objects, with what the privileges of this process allow libbpf to look at.
#pragma once

#include <bpf/libbpf.h>

#include <cstddef>

namespace sonde {

// NULL, with errno set, when it is no object. The image may be given back afterwards.
bpf_object *OpenObject(const void *image, size_t size);

}  // namespace sonde
