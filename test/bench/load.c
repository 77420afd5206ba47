/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load: one thread on one CPU that opens a file that does not exist, as fast as it can, for a
 * number of calls or of seconds. Prints what it did as one line of JSON.
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

int main(int argc, char **argv)
{
	uint64_t most_calls = UINT64_MAX, most_ns = MOST_SECONDS * NS_PER_S;
	uint64_t calls = 0, start_ns, wall_ns, start_cpu_ns, cpu_ns;

	if (argc == 4 && !strcmp(argv[2], "calls"))
		most_calls = parse_number("calls", argv[3], 1, UINT64_MAX);
	else if (argc == 4 && !strcmp(argv[2], "seconds"))
		most_ns = parse_number("seconds", argv[3], 1, MOST_SECONDS) * NS_PER_S;
	else
		errx(2, "usage: load CPU calls N | load CPU seconds T");
	pin_to_cpu(argv[1]);

	start_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	start_ns = clock_ns(CLOCK_MONOTONIC);
	do {
		/* The system call itself: glibc's wrapper would be a part of the figure. */
		if (syscall(SYS_openat, AT_FDCWD, MISSING_FILE, O_RDONLY) != -1 || errno != ENOENT)
			errx(1, "opening %s did not fail with ENOENT", MISSING_FILE);
		calls++;
		if (calls % CALLS_PER_CLOCK_READING == 0 &&
		    clock_ns(CLOCK_MONOTONIC) - start_ns >= most_ns)
			break;
	} while (calls < most_calls);
	wall_ns = clock_ns(CLOCK_MONOTONIC) - start_ns;
	cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start_cpu_ns;

	printf("{\"calls\":%" PRIu64 ",\"wallNs\":%" PRIu64 ",\"cpuNs\":%" PRIu64
	       ",\"nsPerCall\":%.1f,\"cpuNsPerCall\":%.1f}\n",
	       calls, wall_ns, cpu_ns, (double)wall_ns / (double)calls,
	       (double)cpu_ns / (double)calls);
	return 0;
}
