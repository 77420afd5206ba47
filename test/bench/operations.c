/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The operations of the load, each of which makes events of one probe or two. They are the system
 * calls themselves, where there is one: glibc's wrappers would be a part of the figure.
 */
#include "common.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "operations.h"

#define QUICK_BURST 1024
#define SLOW_BURST  128
#define READ_BYTES  64

static void expect_error(long result, int expected, const char *what)
{
	if (result != -1 || errno != expected)
		errx(1, "%s did not fail with %s", what, strerrorname_np(expected));
}

static void open_missing(const char *missing, uint64_t times)
{
	while (times--)
		expect_error(syscall(SYS_openat, AT_FDCWD, missing, O_RDONLY), ENOENT, "openat");
}

static void stat_missing(const char *missing, uint64_t times)
{
	struct stat facts;

	while (times--)
		expect_error(syscall(SYS_newfstatat, AT_FDCWD, missing, &facts, 0), ENOENT, "newfstatat");
}

static void unlink_missing(const char *missing, uint64_t times)
{
	while (times--)
		expect_error(syscall(SYS_unlinkat, AT_FDCWD, missing, 0), ENOENT, "unlinkat");
}

static int program_file;

/* It is in memory: it runs. */
static void open_program(void)
{
	program_file = open("/proc/self/exe", O_RDONLY);
	if (program_file == -1)
		err(1, "cannot open this program");
}

static void read_program(__attribute__((unused)) const char *missing, uint64_t times)
{
	char bytes[READ_BYTES];

	while (times--) {
		if (syscall(SYS_pread64, program_file, bytes, sizeof(bytes), 0) != sizeof(bytes))
			err(1, "cannot read this program");
	}
}

static void get_parent(__attribute__((unused)) const char *missing, uint64_t times)
{
	while (times--)
		syscall(SYS_getppid);
}

static void close_nothing(__attribute__((unused)) const char *missing, uint64_t times)
{
	while (times--)
		expect_error(syscall(SYS_close, -1), EBADF, "close");
}

static void ignore_signal(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};

	sigaction(SIGUSR1, &ignore, NULL);
}

static void signal_self(__attribute__((unused)) const char *missing, uint64_t times)
{
	pid_t self = getpid();

	while (times--) {
		if (syscall(SYS_kill, self, SIGUSR1))
			err(1, "cannot send a signal");
	}
}

static sem_t there, back;

static void *answer(__attribute__((unused)) void *nothing)
{
	for (;;) {
		sem_wait(&there);
		sem_post(&back);
	}
	return NULL;
}

/*
 * A thread of the batch policy does not take the CPU from the one that wakes it: each is off its
 * CPU once a turn.
 */
static void start_answering(void)
{
	const struct sched_param none = {0};
	pthread_t thread;

	if (sched_setscheduler(0, SCHED_BATCH, &none))
		err(1, "cannot set the scheduling policy");
	sem_init(&there, 0, 0);
	sem_init(&back, 0, 0);
	errno = pthread_create(&thread, NULL, answer, NULL);
	if (errno)
		err(1, "cannot start a thread");
}

static void take_turns(__attribute__((unused)) const char *missing, uint64_t times)
{
	while (times--) {
		sem_post(&there);
		sem_wait(&back);
	}
}

static int connecting;
static struct sockaddr_in closed_port = {.sin_family = AF_INET};

/* A port that is bound, so that no other takes it, and where nobody listens. */
static void close_port(void)
{
	socklen_t size = sizeof(closed_port);
	int holder = socket(AF_INET, SOCK_STREAM, 0);

	connecting = socket(AF_INET, SOCK_STREAM, 0);
	closed_port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (holder == -1 || connecting == -1 || bind(holder, (struct sockaddr *)&closed_port, size) ||
	    getsockname(holder, (struct sockaddr *)&closed_port, &size))
		err(1, "cannot take a port");
}

/* A socket may try again. */
static void connect_refused(__attribute__((unused)) const char *missing, uint64_t times)
{
	while (times--)
		expect_error(syscall(SYS_connect, connecting, &closed_port, sizeof(closed_port)),
			     ECONNREFUSED, "connect");
}

static const struct operation operations[] = {
	{"open", NULL, open_missing, QUICK_BURST},
	{"stat", NULL, stat_missing, QUICK_BURST},
	{"unlink", NULL, unlink_missing, QUICK_BURST},
	{"read", open_program, read_program, QUICK_BURST},
	{"getppid", NULL, get_parent, QUICK_BURST},
	{"close", NULL, close_nothing, QUICK_BURST},
	{"kill", ignore_signal, signal_self, QUICK_BURST},
	{"turns", start_answering, take_turns, SLOW_BURST},
	{"connect", close_port, connect_refused, SLOW_BURST},
};

const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(*operations); i++) {
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	}
	errx(2, "OPERATION is \"%s\", which there is not", name);
}
