#include "perf_events.h"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace sonde {

namespace {

struct Counted {
	std::string_view name;
	uint32_t type;
	uint64_t config;
};

// Named as perf list does.
constexpr Counted kCounted[] = {
    {"major-faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS_MAJ},
};

// One event each time; negative: errno.
int OpenEvent(const Counted &counted, int cpu)
{
	perf_event_attr attributes{};

	attributes.size = sizeof(attributes);
	attributes.type = counted.type;
	attributes.config = counted.config;
	attributes.sample_period = 1;
	return static_cast<int>(syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC));
}

}  // namespace

std::vector<bpf_link *> AttachPerfEvent(const bpf_program *program, std::string_view name)
{
	std::vector<bpf_link *> links;
	int cpus = libbpf_num_possible_cpus(), error = ENOENT;

	for (const Counted &counted : kCounted) {
		if (counted.name != name)
			continue;
		for (int cpu = 0; cpu < cpus; cpu++) {
			int fd = OpenEvent(counted, cpu);
			// It is not online.
			if (fd < 0 && errno == ENODEV)
				continue;
			bpf_link *link = fd < 0 ? nullptr : bpf_program__attach_perf_event(program, fd);
			if (link != nullptr) {
				links.push_back(link);
				continue;
			}
			error = errno;
			if (fd >= 0)
				close(fd);
			for (bpf_link *each : links)
				bpf_link__destroy(each);
			links.clear();
			break;
		}
	}
	errno = error;
	return links;
}

int TryPerfEvent()
{
	int fd = OpenEvent({"dummy", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_DUMMY}, 0);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

}  // namespace sonde
