#include "links.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <string>
#include <utility>

#include "error.h"
#include "libbpf_log.h"
#include "perf_events.h"
#include "section.h"

namespace sonde {

namespace {

std::vector<bpf_link *> OneOrNone(bpf_link *link)
{
	return link == nullptr ? std::vector<bpf_link *>() : std::vector<bpf_link *>{link};
}

// None, and errno, if it cannot be attached.
std::vector<bpf_link *> AttachProgram(const bpf_program *program)
{
	Section section(program);

	if (section.kind == kPerfEventKind)
		return AttachPerfEvent(program, section.attach_point);
	if (section.kind != kReturnProbeKind)
		return OneOrNone(bpf_program__attach(program));
	// By name: for a pattern, which libbpf would take the section for, it reads all symbols of the kernel each time.
	const char *symbol = section.attach_point.data();
	LIBBPF_OPTS(bpf_kprobe_multi_opts, options, .syms = &symbol, .cnt = 1, .retprobe = true);
	return OneOrNone(bpf_program__attach_kprobe_multi_opts(program, nullptr, &options));
}

// Hits that a link to a kernel function skipped before its program was reached; 0 before 6.7 and for other links.
// Source: struct bpf_link_info in include/uapi/linux/bpf.h; the headers of older distributions end before this member.
uint64_t MissesOf(const bpf_link *link)
{
	struct {
		uint32_t type, id, prog_id, padding;
		uint64_t addresses;
		uint32_t count, flags;
		uint64_t missed;
	} info{};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_link__fd(link), &info, &size) != 0 || info.type != BPF_LINK_TYPE_KPROBE_MULTI ||
	    size < sizeof(info))
		return 0;
	return info.missed;
}

}  // namespace

void Links::Attach(const bpf_program *program)
{
	LibbpfLog log;
	std::vector<bpf_link *> links = AttachProgram(program);

	if (links.empty())
		throw Error(ErrorCode::kAttachFailed,
			    ErrnoMessage(std::string("cannot attach to ") + bpf_program__section_name(program), errno),
			    log.Tail());
	std::lock_guard<std::mutex> lock(mutex_);
	for (bpf_link *link : links)
		links_.emplace_back(link);
}

void Links::Detach()
{
	decltype(links_) old;

	{
		std::lock_guard<std::mutex> lock(mutex_);

		for (const auto &link : links_)
			misses_of_old_links_ += MissesOf(link.get());
		old.swap(links_);
	}
	old.clear();
}

uint64_t Links::Misses() const
{
	std::lock_guard<std::mutex> lock(mutex_);
	uint64_t misses = misses_of_old_links_;

	for (const auto &link : links_)
		misses += MissesOf(link.get());
	return misses;
}

}  // namespace sonde
