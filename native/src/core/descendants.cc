#include "descendants.h"

#include <bpf/bpf.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <vector>

#include "error.h"
#include "libbpf_log.h"
#include "map_memory.h"
#include "open_object.h"

namespace sonde {

namespace {

template <typename Value> std::map<uint64_t, Value> ReadMap(int map)
{
	std::map<uint64_t, Value> entries;
	uint64_t key, *previous = nullptr, next;
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
std::vector<uint64_t> NewMembers(const std::set<uint64_t> &members, const Parents &parents)
{
	std::set<uint64_t> all = members;
	std::vector<uint64_t> added;

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

Descendants::Descendants(const std::string &image, uint64_t root, const Read &read)
{
	LibbpfLog log;
	bpf_link *come = nullptr, *go = nullptr;

	object_.reset(OpenObject(image.data(), image.size()));
	int error = object_ ? bpf_object__load(object_.get()) : -errno;
	if (error != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("the kernel refused to follow what a filter names", error),
			    log.Tail());
	members_ = MapFd("members");
	state_ = Mapping(MapFd("state"), PageSize(), true);
	__atomic_store_n(&state()->recording, 1, __ATOMIC_RELEASE);
	// Who comes first: what comes before something is seen to go was there.
	Attach("on_come", &come);
	come_.reset(come);
	Attach("on_go", &go);
	go_.reset(go);
	AddExisting(root, read);
	__atomic_store_n(&state()->recording, 0, __ATOMIC_RELEASE);
}

int Descendants::MapFd(const char *name) const
{
	int fd = bpf_object__find_map_fd_by_name(object_.get(), name);

	if (fd < 0)
		throw Error(ErrorCode::kInvalidObject, std::string("the BPF object has no map ") + name);
	return fd;
}

void Descendants::Attach(const char *name, bpf_link **link)
{
	LibbpfLog log;
	bpf_program *program = bpf_object__find_program_by_name(object_.get(), name);

	*link = program == nullptr ? nullptr : bpf_program__attach(program);
	if (*link == nullptr)
		throw Error(ErrorCode::kAttachFailed, ErrnoMessage(std::string("cannot attach ") + name, errno), log.Tail());
}

// Gives whether it was not there.
bool Descendants::Add(uint64_t id)
{
	uint8_t there = 1;

	if (bpf_map_update_elem(members_, &id, &there, BPF_NOEXIST) == 0)
		return true;
	if (errno != EEXIST)
		__atomic_fetch_add(&state()->lost, 1, __ATOMIC_RELAXED);
	return false;
}

// A thing is in the set before its next child looks for it, or that child gets recorded: so nothing is missing when a round
// has added nothing after all programs have ended that had looked before. What a program has added had no children then; it
// adds them, too. What has gone meanwhile is taken out again.
void Descendants::AddExisting(uint64_t root, const Read &read)
{
	uint8_t there = 1;
	std::set<uint64_t> members = {root};
	int came = MapFd("came"), went = MapFd("went");

	if (bpf_map_update_elem(members_, &root, &there, BPF_ANY) != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot follow what a filter names", errno));
	Parents parents = read();
	for (bool awaited = false;;) {
		for (auto [child, parent] : ReadMap<uint64_t>(came))
			parents[child] = parent;
		bool added = false;
		for (uint64_t member : NewMembers(members, parents)) {
			added = Add(member) || added;
			members.insert(member);
		}
		if (!added && awaited)
			break;
		awaited = !added;
		if (awaited) {
			AwaitPrograms();
			// Again, for what passed the hook before there was a program, and showed itself only now.
			parents.merge(read());
		}
	}
	for (auto [member, ignored] : ReadMap<uint8_t>(went))
		bpf_map_delete_elem(members_, &member);
}

uint64_t Descendants::MemoryBytes() const
{
	uint64_t bytes = 0;
	bpf_map *map;

	bpf_object__for_each_map(map, object_.get())
		bytes += MapMemoryBytes(bpf_map__fd(map));
	return bytes;
}

uint64_t Descendants::Misses() const
{
	uint64_t misses = 0;
	bpf_program *program;

	bpf_object__for_each_program(program, object_.get())
	{
		bpf_prog_info info{};
		uint32_t size = sizeof(info);

		if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0)
			misses += info.recursion_misses;
	}
	return misses;
}

std::string Descendants::Failure() const
{
	uint32_t lost = __atomic_load_n(&state()->lost, __ATOMIC_ACQUIRE);

	if (lost > 0)
		return "a filter follows more than it has room for; " + std::to_string(lost) + " are not followed";
	uint64_t misses = Misses();
	if (misses > 0)
		return "the kernel skipped a program that a filter needs to follow what it names, " + std::to_string(misses) +
		       " times";
	return "";
}

}  // namespace sonde
