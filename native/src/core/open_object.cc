#include "open_object.h"

#include <bpf/bpf.h>

#include <cerrno>

namespace sonde {

namespace {

// Types of other kernels are found nowhere: libbpf then looks through the types of all modules, which takes CAP_SYS_ADMIN,
// and libbpf 1.1 gives up where it may not. With a file of types it looks in no other; all of ours are the kernel's own.
bool MayListModuleTypes()
{
	__u32 id = 0;

	return bpf_btf_get_next_id(0, &id) == 0 || errno != EPERM;
}

}  // namespace

bpf_object *OpenObject(const void *image, size_t size)
{
	static const bool may_list = MayListModuleTypes();
	LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = may_list ? nullptr : "/sys/kernel/btf/vmlinux");

	return bpf_object__open_mem(image, size, &options);
}

}  // namespace sonde
