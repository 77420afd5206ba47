/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load: one thread on one CPU that opens a file that does not exist, for a number of seconds, as
 * fast as it can or so many times a second. The name may be made longer. Prints what it did as one
 * line of JSON; its CPU time is that of the opens alone.
 */
#include "common.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MISSING_FILE            "/nonexistent/sonde-bench-0123456789"
#define CALLS_PER_CLOCK_READING 1024
#define MOST_SECONDS            600 /* ends also if nobody is left to stop it */
#define MOST_PATH_BYTES         4095
#define BURSTS_PER_SECOND       1000 /* of a load with a rate: a clock for each open would cost as much */
#define MOST_RATE               1000000
#define MOST_NS_PER_CALL        65536 /* of what is told apart */
#define QUIET_SHARE             10 /* the quickest one of so many bursts */
#define TIMER_SLACK_NS          1 /* the default makes every burst 50 us late */

/* Whatever follows the missing directory is copied and then not looked at. */
static const char *make_path(uint64_t bytes)
{
	static char path[MOST_PATH_BYTES + 1] = MISSING_FILE;
	size_t length = strlen(path);

	if (bytes > length)
		memset(path + length, 'x', bytes - length);
	return path;
}

/* The system call itself: glibc's wrapper would be a part of the figure. */
static void open_missing(const char *path, uint64_t times)
{
	for (uint64_t call = 0; call < times; call++) {
		if (syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) != -1 || errno != ENOENT)
			errx(1, "opening %s did not fail with ENOENT", path);
	}
}

/* Bursts, by the CPU time that a call of theirs took. */
static uint32_t bursts_of_ns[MOST_NS_PER_CALL];

static void note_burst(uint64_t cpu_ns, uint64_t calls)
{
	uint64_t ns = cpu_ns / calls;

	bursts_of_ns[ns < MOST_NS_PER_CALL ? ns : MOST_NS_PER_CALL - 1]++;
}

/* What a call took in the slowest of the quickest tenth of all bursts: others on the machine only add to that. */
static uint64_t quiet_ns(uint64_t bursts)
{
	uint64_t seen = 0, ns = 0;

	while (ns < MOST_NS_PER_CALL - 1 && (seen += bursts_of_ns[ns]) * QUIET_SHARE < bursts)
		ns++;
	return ns;
}

int main(int argc, char **argv)
{
	uint64_t calls = 0, cpu_ns = 0, bursts = 0, burst = CALLS_PER_CLOCK_READING;
	uint64_t rate, most_ns, start_ns, wall_ns;
	const char *path;

	if (argc != 5)
		errx(2, "usage: load CPU SECONDS PATH_BYTES RATE (0: as fast as it can)");
	most_ns = parse_number("SECONDS", argv[2], 1, MOST_SECONDS) * NS_PER_S;
	path = make_path(parse_number("PATH_BYTES", argv[3], 0, MOST_PATH_BYTES));
	rate = parse_number("RATE", argv[4], 0, MOST_RATE);
	if (rate % BURSTS_PER_SECOND)
		errx(2, "RATE is %s, not a multiple of %d", argv[4], BURSTS_PER_SECOND);
	if (rate)
		burst = rate / BURSTS_PER_SECOND;
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	pin_to_cpu(argv[1]);

	start_ns = clock_ns(CLOCK_MONOTONIC);
	do {
		uint64_t start_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID), burst_cpu_ns;

		open_missing(path, burst);
		burst_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - start_cpu_ns;
		note_burst(burst_cpu_ns, burst);
		cpu_ns += burst_cpu_ns;
		calls += burst;
		bursts++;
		if (rate)
			sleep_until(start_ns + bursts * (NS_PER_S / BURSTS_PER_SECOND));
	} while (clock_ns(CLOCK_MONOTONIC) - start_ns < most_ns);
	wall_ns = clock_ns(CLOCK_MONOTONIC) - start_ns;

	printf("{\"calls\":%" PRIu64 ",\"wallNs\":%" PRIu64 ",\"cpuNs\":%" PRIu64
	       ",\"nsPerCall\":%.1f,\"cpuNsPerCall\":%.1f,\"quietNsPerCall\":%" PRIu64 "}\n",
	       calls, wall_ns, cpu_ns, (double)wall_ns / (double)calls,
	       (double)cpu_ns / (double)calls, quiet_ns(bursts));
	return 0;
}
