// Makes system calls of every kind for the tests; its process id is how they find its events.
//
//   system-calls plain              calls that succeed and fail, with arguments of their own
//   system-calls signals            calls that a signal interrupts, without and with SA_RESTART, and one that returns from it
//   system-calls processes          fork, vfork and clone; children end at once; then starts itself as "end", in another thread
//   system-calls end                ends at once
//   system-calls foreign            calls of i386 and x32 code, with numbers that mean others on x86-64
//   system-calls seccomp            a call that seccomp answers with EPERM
//   system-calls threads N COUNT    N threads, all on CPU 0, each COUNT times: lseek of descriptor 10000 + THREAD to I
//
// All but "end" wait for a line on standard input, after printing their process id, and print what their calls returned.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_THREADS 16
#define X32_BIT	     0x40000000

static long count;
static int pipe_ends[2];
static sigjmp_buf no_compat;

static void Print(long result) { printf("%ld\n", result < 0 ? -errno : result); }

static void Plain(void)
{
	struct timespec wait = {.tv_nsec = 20000000};

	Print(syscall(SYS_getpid));
	Print(syscall(SYS_copy_file_range, 0x7fffff01, 0x1111222233334444, 3, 0x5555666677778888, 5, 0));
	Print(syscall(SYS_read, 99, 1, 2));
	Print(syscall(500, -1L, -2L, -3L, -4L, -5L, -6L));
	Print(syscall(SYS_nanosleep, &wait, NULL));
	Print(syscall(SYS_lookup_dcookie, 1, 2, 3));
}

static void WriteOne(int signal)
{
	(void)signal;
	if (write(pipe_ends[1], "x", 1) != 1)
		abort();
}

/* The signal comes while the call waits for the byte that its handler writes. */
static void Interrupted(int flags)
{
	struct sigaction action = {.sa_handler = WriteOne, .sa_flags = flags};
	struct itimerval soon = {.it_value.tv_usec = 50000};
	char byte;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	Print(read(pipe_ends[0], &byte, 1));
}

static void Signals(void)
{
	struct itimerval soon = {.it_value.tv_usec = 50000};

	if (pipe(pipe_ends) != 0)
		abort();
	printf("%d\n", pipe_ends[0]);
	Interrupted(SA_RESTART);
	Interrupted(0);
	setitimer(ITIMER_REAL, &soon, NULL);
	Print(pause());
}

static void Born(pid_t child)
{
	if (child == 0)
		_exit(0);
	if (waitpid(child, NULL, 0) != child)
		abort();
	printf("%d\n", child);
}

static void *Exec(void *argument)
{
	char *const arguments[] = {"system-calls", "end", NULL};

	(void)argument;
	fflush(stdout);
	execv("/proc/self/exe", arguments);
	abort();
}

static void Processes(void)
{
	pthread_t other;
	pid_t child;

	Born(syscall(SYS_fork));
	Born(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
	child = vfork();
	if (child == 0)
		_exit(0);
	Born(child);
	pthread_create(&other, NULL, Exec, NULL);
	pthread_join(other, NULL);
}

static void NoCompat(int signal)
{
	(void)signal;
	siglongjmp(no_compat, 1);
}

/* close(99): number 6 on i386, which is lstat on x86-64. */
static void Foreign(void)
{
	struct sigaction action = {.sa_handler = NoCompat};
	int result = 0;

	sigaction(SIGSEGV, &action, NULL);
	if (sigsetjmp(no_compat, 1) == 0) {
		__asm__ volatile("int $0x80" : "=a"(result) : "0"(6), "b"(99) : "memory", "r8", "r9", "r10", "r11");
		printf("%d\n", result);
	} else {
		puts("none");
	}
	Print(syscall(X32_BIT + SYS_close, 99));
	Print(syscall(SYS_close, 99));
}

static void Seccomp(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgrp, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(*code), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		abort();
	Print(syscall(SYS_getpgrp));
}

static void *Thread(void *argument)
{
	long number = (long)argument;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		abort();
	for (long i = 0; i < count; i++)
		if (lseek(10000 + number, i, SEEK_SET) != -1)
			abort();
	return NULL;
}

static void Threads(long threads)
{
	pthread_t ids[MOST_THREADS];

	for (long i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, Thread, (void *)i) != 0)
			abort();
	for (long i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char line[8];

	if (strcmp(what, "end") == 0)
		return 0;
	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	if (strcmp(what, "plain") == 0)
		Plain();
	else if (strcmp(what, "signals") == 0)
		Signals();
	else if (strcmp(what, "processes") == 0)
		Processes();
	else if (strcmp(what, "foreign") == 0)
		Foreign();
	else if (strcmp(what, "seccomp") == 0)
		Seccomp();
	else if (argc == 4 && strcmp(what, "threads") == 0 && atoi(argv[2]) <= MOST_THREADS) {
		count = atol(argv[3]);
		Threads(atoi(argv[2]));
	} else
		return 2;
	return 0;
}
