#include "guard.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "error.h"
#include "libbpf_log.h"
#include "open_object.h"
#include "read_only_data.h"

namespace sonde {

namespace {

// Some 60 refusals: more between two looks are counted, but not told.
constexpr uint32_t kRingBytes = 256 << 10;

constexpr const char *kHooks[] = {"guard_bpf", "guard_ptrace"};

// Mirrors struct refusal, whose path is at the end of the first part of `path`.
struct Record {
	uint32_t guarded, pid, tgid, uid;
	uint64_t device, inode;
	char comm[16];
	uint64_t _pointers[2];
	uint32_t start;
	uint8_t _padding[4];
	char path[4096];
};

std::string PathOf(const Record &record)
{
	uint32_t start = record.start < sizeof(record.path) ? record.start : sizeof(record.path);

	return {record.path + start, sizeof(record.path) - start};
}

}  // namespace

Guard::Guard(const std::string &image, bool enforce, const std::vector<std::string> &allow) : ring_(kRingBytes)
{
	LibbpfLog log;

	object_.reset(OpenObject(image.data(), image.size()));
	if (!object_)
		throw Error(ErrorCode::kInvalidObject, ErrnoMessage("cannot open the BPF object", errno), log.Tail());
	ReadOnlyData constants(object_.get());
	constants.Set<uint8_t>("guard_enforces", enforce);
	constants.Apply();
	bpf_map *refusals = bpf_object__find_map_by_name(object_.get(), "refusals");
	int error = refusals == nullptr ? -ENOENT : bpf_map__reuse_fd(refusals, ring_.fd());
	if (error == 0)
		error = bpf_object__load(object_.get());
	if (error != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("the kernel refused the guard", error), log.Tail());
	counts_ = Mapping(MapFd("counts"), PageSize(), true);
	Run("introduce", 0);
	for (const std::string &path : allow)
		Allow(path);
	Seal();
	for (const char *hook : kHooks)
		Attach(hook, log.Tail());
	Try();
}

bpf_program *Guard::Program(const char *name) const
{
	bpf_program *program = bpf_object__find_program_by_name(object_.get(), name);

	if (program == nullptr)
		throw Error(ErrorCode::kInvalidObject, std::string("the BPF object has no program ") + name);
	return program;
}

int Guard::MapFd(const char *name) const
{
	int fd = bpf_object__find_map_fd_by_name(object_.get(), name);

	if (fd < 0)
		throw Error(ErrorCode::kInvalidObject, std::string("the BPF object has no map ") + name);
	return fd;
}

void Guard::Run(const char *name, uint64_t argument)
{
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &argument, .ctx_size_in = sizeof(argument));
	int error = bpf_prog_test_run_opts(bpf_program__fd(Program(name)), &options);

	if (error == 0)
		error = static_cast<int>(options.retval);
	if (error != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage(std::string("cannot run ") + name, error));
}

// Whose executable it is, the kernel is asked itself: stat(2) has other numbers where a file system lies over others.
void Guard::Allow(const std::string &path)
{
	Fd file(open(path.c_str(), O_PATH | O_CLOEXEC));

	if (file.get() < 0)
		throw Error(ErrorCode::kInvalidArgument, ErrnoMessage("cannot open " + path, errno));
	Run("list", static_cast<uint64_t>(file.get()));
	executables_.push_back(std::move(file));
}

// Nobody changes from user space any more who passes, also not this process.
void Guard::Seal()
{
	for (const char *map : {"node", "listed"}) {
		if (bpf_map_freeze(MapFd(map)) != 0)
			throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot freeze a map of the guard", errno));
	}
	for (const char *program : {"introduce", "list"})
		bpf_program__unload(Program(program));
}

void Guard::Attach(const char *name, const std::string &log)
{
	bpf_link *link = bpf_program__attach(Program(name));

	if (link == nullptr)
		throw Error(ErrorCode::kAttachFailed, ErrnoMessage(std::string("cannot attach ") + name, errno), log);
	links_.emplace_back(link);
}

// A kernel that was started without "bpf" among its security modules takes such programs, and never runs them.
void Guard::Try()
{
	uint64_t before = __atomic_load_n(&counts()->passed, __ATOMIC_ACQUIRE);

	// There is no program 0. It is the question that matters.
	bpf_prog_get_fd_by_id(0);
	if (__atomic_load_n(&counts()->passed, __ATOMIC_ACQUIRE) == before)
		throw Error(ErrorCode::kAttachFailed, "the kernel does not ask the guard: bpf is not one of its security modules");
}

GuardCounts Guard::Counts() const
{
	GuardCounts result{};

	result.passed = __atomic_load_n(&counts()->passed, __ATOMIC_RELAXED);
	for (size_t i = 0; i < result.refused.size(); i++)
		result.refused[i] = __atomic_load_n(&counts()->refused[i], __ATOMIC_RELAXED);
	result.untold = __atomic_load_n(&counts()->untold, __ATOMIC_RELAXED);
	for (const char *hook : kHooks) {
		bpf_prog_info info{};
		uint32_t size = sizeof(info);

		if (bpf_obj_get_info_by_fd(bpf_program__fd(Program(hook)), &info, &size) == 0)
			result.missed += info.recursion_misses;
	}
	return result;
}

std::vector<Refusal> Guard::Take()
{
	std::vector<Refusal> refusals;

	ring_.Consume([&](const uint8_t *bytes, uint32_t length) {
		Record record;

		if (length < sizeof(record))
			return true;
		memcpy(&record, bytes, sizeof(record));
		if (record.guarded >= kGuardedNames.size())
			return true;
		refusals.push_back({kGuardedNames[record.guarded], record.pid, record.tgid, record.uid, record.device,
				    record.inode, std::string(record.comm, strnlen(record.comm, sizeof(record.comm))),
				    PathOf(record)});
		return true;
	});
	return refusals;
}

}  // namespace sonde
