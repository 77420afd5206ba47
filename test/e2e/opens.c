// Makes known system calls for the tests; its process id is how they find its events.
//
//   opens script                reads lines "CALL PATH FLAGS MODE RESOLVE" (PATH as "x" and hex, "-" for a null pointer) from
//                               standard input and prints what each call returned, or the negated errno
//   opens threads N CPU COUNT   N threads, all on CPU unless it is -1, each open COUNT missing files: /sonde/THREAD/I
//
// Both wait for a line on standard input first, after printing their process id.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long count;
static int cpu;

static long Call(const char *name, const char *path, long flags, long mode, long resolve)
{
	struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};

	if (strcmp(name, "open") == 0)
		return syscall(SYS_open, path, flags, mode);
	if (strcmp(name, "creat") == 0)
		return syscall(SYS_creat, path, mode);
	if (strcmp(name, "openat2") == 0)
		return syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	if (strcmp(name, "openat2-badhow") == 0)
		return syscall(SYS_openat2, AT_FDCWD, path, (void *)8, sizeof(how));
	return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static void Decode(const char *hex, char *path)
{
	unsigned int byte;

	while (sscanf(hex, "%2x", &byte) == 1) {
		*path++ = byte;
		hex += 2;
	}
	*path = '\0';
}

static int Script(void)
{
	static char hex[20000], path[10000];
	char name[32];
	long flags, mode, resolve;

	while (scanf("%31s %19999s %ld %ld %ld", name, hex, &flags, &mode, &resolve) == 5) {
		Decode(hex + 1, path);
		long result = Call(name, strcmp(hex, "-") == 0 ? NULL : path, flags, mode, resolve);
		printf("%ld\n", result < 0 ? -errno : result);
		if (result >= 0)
			close(result);
	}
	return 0;
}

static void *Thread(void *argument)
{
	long number = (long)argument;
	char path[64];

	if (cpu >= 0) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set) != 0)
			abort();
	}
	for (long i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/sonde/%ld/%ld", number, i);
		if (syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0) != -1)
			abort();
	}
	return NULL;
}

static int Threads(int threads)
{
	pthread_t *ids = calloc(threads, sizeof(*ids));

	for (long i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, Thread, (void *)i) != 0)
			return 1;
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	puts("done");
	return 0;
}

int main(int argc, char **argv)
{
	char line[16];

	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	if (argc == 2 && strcmp(argv[1], "script") == 0)
		return Script();
	if (argc == 5 && strcmp(argv[1], "threads") == 0) {
		cpu = atoi(argv[3]);
		count = atol(argv[4]);
		return Threads(atoi(argv[2]));
	}
	fprintf(stderr, "usage: opens script | opens threads N CPU COUNT\n");
	return 2;
}
