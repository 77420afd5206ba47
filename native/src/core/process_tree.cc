#include "process_tree.h"

#include <bpf/bpf.h>
#include <dirent.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <set>
#include <vector>

#include "error.h"
#include "libbpf_log.h"
#include "map_memory.h"

namespace sonde {

namespace {

// Child to parent.
using Parents = std::map<uint32_t, uint32_t>;

// From /proc/PID/stat: the name in brackets may hold anything, so that what follows is looked for from the end.
uint32_t ParentOf(const std::string &pid)
{
	std::ifstream file("/proc/" + pid + "/stat");
	std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
	size_t bracket = text.rfind(')');
	unsigned parent = 0;

	return bracket != std::string::npos && sscanf(text.c_str() + bracket, ") %*c %u", &parent) == 1 ? parent : 0;
}

Parents ReadProc()
{
	std::unique_ptr<DIR, int (*)(DIR *)> directory(opendir("/proc"), closedir);
	Parents parents;

	if (!directory)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot look for processes in /proc", errno));
	while (dirent *entry = readdir(directory.get())) {
		char *end;
		unsigned long pid = strtoul(entry->d_name, &end, 10);

		if (pid == 0 || *end != '\0')
			continue;
		uint32_t parent = ParentOf(entry->d_name);
		if (parent != 0)
			parents[static_cast<uint32_t>(pid)] = parent;
	}
	return parents;
}

template <typename Value> std::map<uint32_t, Value> ReadMap(int map)
{
	std::map<uint32_t, Value> entries;
	uint32_t key, *previous = nullptr, next;
	Value value;

	while (bpf_map_get_next_key(map, previous, &next) == 0) {
		key = next;
		previous = &key;
		if (bpf_map_lookup_elem(map, &key, &value) == 0)
			entries[key] = value;
	}
	return entries;
}

// Those that come to the set through these parents.
std::vector<uint32_t> Descendants(const std::set<uint32_t> &members, const Parents &parents)
{
	std::set<uint32_t> all = members;
	std::vector<uint32_t> added;

	for (bool grown = true; grown;) {
		grown = false;
		for (auto [child, parent] : parents) {
			if (all.count(parent) == 0 || !all.insert(child).second)
				continue;
			added.push_back(child);
			grown = true;
		}
	}
	return added;
}

// Every CPU has left the programs that were running when this returns: what they have looked up is then written too.
void AwaitPrograms() { syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0); }

}  // namespace

ProcessTree::ProcessTree(const std::string &image, uint32_t root)
{
	LibbpfLog log;
	bpf_link *fork = nullptr, *exit = nullptr;

	object_.reset(bpf_object__open_mem(image.data(), image.size(), nullptr));
	int error = object_ ? bpf_object__load(object_.get()) : -errno;
	if (error != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("the kernel refused to follow processes", error),
			    log.Tail());
	members_ = MapFd("members");
	state_ = Mapping(MapFd("state"), PageSize(), true);
	__atomic_store_n(&state()->recording, 1, __ATOMIC_RELEASE);
	// Forks first: who forks before an exit is seen was there.
	Attach("on_fork", &fork);
	fork_.reset(fork);
	Attach("on_exit", &exit);
	exit_.reset(exit);
	AddExisting(root);
	__atomic_store_n(&state()->recording, 0, __ATOMIC_RELEASE);
}

int ProcessTree::MapFd(const char *name) const
{
	int fd = bpf_object__find_map_fd_by_name(object_.get(), name);

	if (fd < 0)
		throw Error(ErrorCode::kInvalidObject, std::string("the BPF object has no map ") + name);
	return fd;
}

void ProcessTree::Attach(const char *name, bpf_link **link)
{
	LibbpfLog log;
	bpf_program *program = bpf_object__find_program_by_name(object_.get(), name);

	*link = program == nullptr ? nullptr : bpf_program__attach(program);
	if (*link == nullptr)
		throw Error(ErrorCode::kAttachFailed, ErrnoMessage(std::string("cannot attach ") + name, errno), log.Tail());
}

// A process is in the set before its next fork looks for it, or that fork gets recorded: so nobody is missing when a round
// has found nobody after all programs have ended that had looked before. Who has exited meanwhile is taken out again.
void ProcessTree::AddExisting(uint32_t root)
{
	uint8_t there = 1;
	std::set<uint32_t> members = {root};
	int forks = MapFd("forks"), exits = MapFd("exits");

	if (bpf_map_update_elem(members_, &root, &there, BPF_ANY) != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot follow a process", errno));
	Parents parents = ReadProc();
	for (bool awaited = false;;) {
		for (auto [child, parent] : ReadMap<uint32_t>(forks))
			parents[child] = parent;
		std::vector<uint32_t> added = Descendants(members, parents);
		if (added.empty() && awaited)
			break;
		awaited = added.empty();
		if (awaited)
			AwaitPrograms();
		for (uint32_t process : added) {
			if (bpf_map_update_elem(members_, &process, &there, BPF_ANY) != 0)
				__atomic_fetch_add(&state()->lost, 1, __ATOMIC_RELAXED);
			members.insert(process);
		}
	}
	for (auto [process, ignored] : ReadMap<uint8_t>(exits))
		bpf_map_delete_elem(members_, &process);
}

uint64_t ProcessTree::MemoryBytes() const
{
	uint64_t bytes = 0;
	bpf_map *map;

	bpf_object__for_each_map(map, object_.get())
		bytes += MapMemoryBytes(bpf_map__fd(map));
	return bytes;
}

uint32_t ProcessTree::Lost() const { return __atomic_load_n(&state()->lost, __ATOMIC_ACQUIRE); }

}  // namespace sonde
