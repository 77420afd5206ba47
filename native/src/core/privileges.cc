#include "privileges.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "error.h"

namespace sonde {

namespace {

constexpr unsigned kMostCapabilities = 64;

[[noreturn]] void Refuse(const char *what) { throw Error(ErrorCode::kKernelRefused, ErrnoMessage(what, errno)); }

bool Has(uint64_t capabilities, unsigned bit) { return ((capabilities >> bit) & 1) != 0; }

// Before Linux 5.11 the maps of BPF count against it. Without CAP_SYS_RESOURCE it can be raised to the hard limit only.
void RaiseLockedMemory()
{
	rlimit limit{RLIM_INFINITY, RLIM_INFINITY};

	if (setrlimit(RLIMIT_MEMLOCK, &limit) == 0 || getrlimit(RLIMIT_MEMLOCK, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_MEMLOCK, &limit);
}

// What no program that this one runs can ever have. Takes CAP_SETPCAP; without it no_new_privs has to do.
void LimitBounding(uint64_t kept)
{
	for (unsigned bit = 0; bit < kMostCapabilities && prctl(PR_CAPBSET_READ, bit) >= 0; bit++) {
		if (!Has(kept, bit))
			prctl(PR_CAPBSET_DROP, bit);
	}
}

void LimitCapabilities(uint64_t kept)
{
	__user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
	__user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		Refuse("cannot read the capabilities");
	for (unsigned word = 0; word < 2; word++) {
		data[word].permitted &= static_cast<uint32_t>(kept >> (32 * word));
		data[word].effective = data[word].inheritable = data[word].permitted;
	}
	if (syscall(SYS_capset, &header, data) != 0)
		Refuse("cannot give up capabilities");
	// Those of an ordinary user are lost in execve unless they are ambient. What is not permitted any more is not either.
	for (unsigned bit = 0; bit < kMostCapabilities; bit++) {
		if (Has(data[bit / 32].permitted, bit % 32) &&
		    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, bit, 0, 0) != 0 && geteuid() != 0)
			Refuse("cannot keep a capability");
	}
}

// Node keeps what it was started with from its children.
void PassStandardStreams()
{
	for (int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
		fcntl(fd, F_SETFD, 0);
}

}  // namespace

void RestartProcess(const Restart &restart)
{
	std::vector<char *> arguments;

	for (const std::string &argument : restart.arguments)
		arguments.push_back(const_cast<char *>(argument.c_str()));
	arguments.push_back(nullptr);
	if (restart.unlimited_locked_memory)
		RaiseLockedMemory();
	LimitBounding(restart.capabilities);
	LimitCapabilities(restart.capabilities);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		Refuse("cannot set no_new_privs");
	PassStandardStreams();
	execv(restart.program.c_str(), arguments.data());
	Refuse("cannot start again");
}

}  // namespace sonde
