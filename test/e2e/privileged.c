// Makes calls that change what it may do, or need that it may; its process id is how the tests find its events.
//
//   privileged    reads lines from standard input, after printing its process id, and prints what each call returned, or the
//                 negated errno:
//                 setuid U | setgid G | setreuid R E | setregid R E | setresuid R E S | setresgid R E S | setfsuid U |
//                 setfsgid G | setgroups | capset | hostname | attach PID | seize PID | traceme | peek PID |
//                 bpf NAME INSTRUCTIONS | module PARAMETERS | fmodule PARAMETERS
//   privileged memory MIB    the same, and then touches so much memory
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static long Capset(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data) != 0)
		return -1;
	// All but CAP_SYS_TIME, 25.
	data[0].effective &= ~(1u << 25);
	return syscall(SYS_capset, &header, data);
}

// A filter that takes all; with another number of instructions than two, one without an end.
static long LoadProgram(const char *name, int count)
{
	struct bpf_insn code[2] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K}, {.code = BPF_JMP | BPF_EXIT}};
	union bpf_attr attributes = {.prog_type = BPF_PROG_TYPE_SOCKET_FILTER, .insn_cnt = count};
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	// Before 5.11 the node's programs and maps count against it too, as they are the same user's.
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	attributes.insns = (unsigned long)code;
	attributes.license = (unsigned long)"GPL";
	snprintf(attributes.prog_name, sizeof(attributes.prog_name), "%s", name);
	return syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof(attributes));
}

static long Control(const char *how, long target)
{
	long result = ptrace(strcmp(how, "seize") == 0 ? PTRACE_SEIZE : PTRACE_ATTACH, target, 0, 0);
	int stopped = errno;

	if (result == 0) {
		// A stopped one can be let go.
		if (strcmp(how, "seize") == 0)
			ptrace(PTRACE_INTERRUPT, target, 0, 0);
		usleep(100000);
		ptrace(PTRACE_DETACH, target, 0, 0);
	}
	errno = stopped;
	return result;
}

static long Call(const char *name, const char *text, const long *n)
{
	static const struct {
		const char *name;
		long number;
	} calls[] = {
	    {"setuid", SYS_setuid},	    {"setgid", SYS_setgid},	  {"setreuid", SYS_setreuid},
	    {"setregid", SYS_setregid},	    {"setresuid", SYS_setresuid}, {"setresgid", SYS_setresgid},
	    {"setfsuid", SYS_setfsuid},	    {"setfsgid", SYS_setfsgid},	  {"setgroups", SYS_setgroups},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (strcmp(name, calls[i].name) == 0)
			return syscall(calls[i].number, n[0], n[1], n[2]);
	}
	if (strcmp(name, "capset") == 0)
		return Capset();
	// Asks for CAP_SYS_ADMIN first, and then finds that no name is so long.
	if (strcmp(name, "hostname") == 0)
		return syscall(SYS_sethostname, NULL, -1);
	if (strcmp(name, "attach") == 0 || strcmp(name, "seize") == 0)
		return Control(name, atol(text));
	if (strcmp(name, "traceme") == 0)
		return ptrace(PTRACE_TRACEME, 0, 0, 0);
	if (strcmp(name, "peek") == 0)
		return ptrace(PTRACE_PEEKDATA, atol(text), &errno, 0);
	if (strcmp(name, "bpf") == 0)
		return LoadProgram(text, n[0]);
	if (strcmp(name, "module") == 0)
		return syscall(SYS_init_module, "no module", 9, text);
	if (strcmp(name, "fmodule") == 0)
		return syscall(SYS_finit_module, STDIN_FILENO, text, 2);
	abort();
}

int main(int argc, char **argv)
{
	char line[512];

	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("%d\n", getpid());
	while (fgets(line, sizeof(line), stdin) != NULL) {
		char name[32] = "", text[256] = "";
		long n[3] = {0, 0, 0}, result;

		if (sscanf(line, "%31s %ld %ld %ld", name, &n[0], &n[1], &n[2]) < 2)
			sscanf(line, "%31s %255s %ld", name, text, &n[0]);
		else
			sscanf(line, "%*s %255s", text);
		result = Call(name, text, n);
		printf("%ld\n", result < 0 ? (long)-errno : result);
	}
	if (argc == 3 && strcmp(argv[1], "memory") == 0) {
		size_t bytes = (size_t)atol(argv[2]) << 20;
		volatile char *memory = malloc(bytes);

		for (size_t i = 0; memory != NULL && i < bytes; i += 4096)
			memory[i] = 1;
	}
	return 0;
}
