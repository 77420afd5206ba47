#include "uprobe_multi.h"

#include <bpf/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace sonde {

namespace {

// The part of union bpf_attr for BPF_LINK_CREATE of this type; BPF_F_UPROBE_MULTI_RETURN.
struct LinkCreate {
	uint32_t program_fd, target_fd, attach_type, flags;
	uint64_t path, offsets, reference_counters, cookies;
	uint32_t count, link_flags, pid, padding;
};
constexpr uint32_t kReturn = 1;

}  // namespace

int LinkUprobeMulti(int program_fd, const std::string &file, uint64_t offset, bool is_return)
{
	LinkCreate create{};

	create.program_fd = static_cast<uint32_t>(program_fd);
	create.attach_type = kUprobeMultiAttachType;
	create.path = reinterpret_cast<uint64_t>(file.c_str());
	create.offsets = reinterpret_cast<uint64_t>(&offset);
	create.count = 1;
	create.link_flags = is_return ? kReturn : 0;
	return static_cast<int>(syscall(SYS_bpf, BPF_LINK_CREATE, &create, sizeof(create)));
}

bool HasUprobeMulti()
{
	constexpr bpf_insn kReturnZero[] = {
	    {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
	    {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options,
		    .expected_attach_type = static_cast<bpf_attach_type>(kUprobeMultiAttachType));
	int fd = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "sonde_try", "GPL", kReturnZero, 2, &options);

	if (fd < 0)
		return false;
	// A directory is refused as such where there are any of these links.
	bool supported = LinkUprobeMulti(fd, "/", 0, false) < 0 && errno == EBADF;
	close(fd);
	return supported;
}

}  // namespace sonde
