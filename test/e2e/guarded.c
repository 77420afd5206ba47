// Makes calls that a guard looks at: prints its process id, reads lines from standard input, and prints for each what the call
// returned, 0 for a handle, or the negated errno.
//
//   load | program ID | map ID | link ID | create | seize PID | take PID
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static long Bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

// A filter that takes nothing.
static long Load(void)
{
	struct bpf_insn code[2] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
	union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insn_cnt = 2};

	attributes.insns = (unsigned long)code;
	attributes.license = (unsigned long)"GPL";
	snprintf(attributes.prog_name, sizeof(attributes.prog_name), "guarded");
	return Bpf(BPF_PROG_LOAD, &attributes);
}

static long HandleOf(int command, unsigned id)
{
	union bpf_attr attributes = {.prog_id = id};

	return Bpf(command, &attributes);
}

static long CreateMap(void)
{
	union bpf_attr attributes = {
	    .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1};

	return Bpf(BPF_MAP_CREATE, &attributes);
}

// The descriptor that is its standard output.
static long Take(pid_t process)
{
	long handle = syscall(SYS_pidfd_open, process, 0);

	return handle < 0 ? handle : syscall(SYS_pidfd_getfd, handle, STDOUT_FILENO, 0);
}

static long Seize(pid_t process)
{
	long result = ptrace(PTRACE_SEIZE, process, 0, 0);

	if (result == 0) {
		ptrace(PTRACE_INTERRUPT, process, 0, 0);
		usleep(100000);
		ptrace(PTRACE_DETACH, process, 0, 0);
	}
	return result;
}

static long Call(const char *name, unsigned n)
{
	if (strcmp(name, "load") == 0)
		return Load();
	if (strcmp(name, "program") == 0)
		return HandleOf(BPF_PROG_GET_FD_BY_ID, n);
	if (strcmp(name, "map") == 0)
		return HandleOf(BPF_MAP_GET_FD_BY_ID, n);
	if (strcmp(name, "link") == 0)
		return HandleOf(BPF_LINK_GET_FD_BY_ID, n);
	if (strcmp(name, "create") == 0)
		return CreateMap();
	if (strcmp(name, "seize") == 0)
		return Seize((pid_t)n);
	if (strcmp(name, "take") == 0)
		return Take((pid_t)n);
	abort();
}

int main(void)
{
	// Before 5.11 the programs and maps of all processes of a user count against it.
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
	char line[64], name[32];

	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%d\n", getpid());
	while (fgets(line, sizeof(line), stdin) != NULL) {
		unsigned n = 0;
		long result;

		sscanf(line, "%31s %u", name, &n);
		errno = 0;
		result = Call(name, n);
		printf("%ld\n", result < 0 ? -(long)errno : 0);
		// A handle is not kept: the program or map goes with it.
		if (result > STDERR_FILENO && strcmp(name, "seize") != 0)
			close((int)result);
	}
	return 0;
}
