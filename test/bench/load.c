/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load: one thread on one CPU that opens a file that does not exist, as fast as it can, for a
 * number of seconds. The name may be made longer. Prints what it did as one line of JSON.
 */
#include "common.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MISSING_FILE            "/nonexistent/sonde-bench-0123456789"
#define CALLS_PER_CLOCK_READING 1024
#define MOST_SECONDS            600 /* ends also if nobody is left to stop it */
#define MOST_PATH_BYTES         4095

/* Whatever follows the missing directory is copied and then not looked at. */
static const char *make_path(uint64_t bytes)
{
	static char path[MOST_PATH_BYTES + 1] = MISSING_FILE;
	size_t length = strlen(path);

	if (bytes > length)
		memset(path + length, 'x', bytes - length);
	return path;
}

int main(int argc, char **argv)
{
	uint64_t calls = 0, most_ns, start_ns, wall_ns, start_cpu_ns, cpu_ns;
	const char *path;

	if (argc != 4)
		errx(2, "usage: load CPU SECONDS PATH_BYTES");
	most_ns = parse_number("SECONDS", argv[2], 1, MOST_SECONDS) * NS_PER_S;
	path = make_path(parse_number("PATH_BYTES", argv[3], 0, MOST_PATH_BYTES));
	pin_to_cpu(argv[1]);

	start_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	start_ns = clock_ns(CLOCK_MONOTONIC);
	do {
		for (int call = 0; call < CALLS_PER_CLOCK_READING; call++) {
			/* The system call itself: glibc's wrapper would be a part of the figure. */
			if (syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) != -1 || errno != ENOENT)
				errx(1, "opening %s did not fail with ENOENT", path);
		}
		calls += CALLS_PER_CLOCK_READING;
	} while (clock_ns(CLOCK_MONOTONIC) - start_ns < most_ns);
	wall_ns = clock_ns(CLOCK_MONOTONIC) - start_ns;
	cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start_cpu_ns;

	printf("{\"calls\":%" PRIu64 ",\"wallNs\":%" PRIu64 ",\"cpuNs\":%" PRIu64
	       ",\"nsPerCall\":%.1f,\"cpuNsPerCall\":%.1f}\n",
	       calls, wall_ns, cpu_ns, (double)wall_ns / (double)calls,
	       (double)cpu_ns / (double)calls);
	return 0;
}
