/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load: one operation again and again on one CPU, for a number of seconds, as fast as it can or
 * so many times a second. The name of the file that does not exist may be made longer. With "wait"
 * it says "ready" and begins at SIGUSR2, so that tracing can begin before it. Prints what it did as
 * one line of JSON; its CPU time is that of the operations alone.
 */
#include "common.h"

#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include "operations.h"

#define MISSING_FILE            "/nonexistent/sonde-bench-0123456789"
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

static void wait_for_start(void)
{
	sigset_t start;
	int received;

	sigemptyset(&start);
	sigaddset(&start, SIGUSR2);
	sigprocmask(SIG_BLOCK, &start, NULL);
	puts("ready");
	fflush(stdout);
	sigwait(&start, &received);
}

int main(int argc, char **argv)
{
	uint64_t calls = 0, cpu_ns = 0, bursts = 0, burst;
	uint64_t rate, most_ns, start_ns, wall_ns;
	const struct operation *operation;
	const char *path;
	bool waits = argc == 7 && !strcmp(argv[6], "wait");

	if (argc != 6 && !waits)
		errx(2, "usage: load CPU SECONDS OPERATION PATH_BYTES RATE (0: as fast as it can) [wait]");
	most_ns = parse_number("SECONDS", argv[2], 1, MOST_SECONDS) * NS_PER_S;
	operation = find_operation(argv[3]);
	path = make_path(parse_number("PATH_BYTES", argv[4], 0, MOST_PATH_BYTES));
	rate = parse_number("RATE", argv[5], 0, MOST_RATE);
	if (rate % BURSTS_PER_SECOND)
		errx(2, "RATE is %s, not a multiple of %d", argv[5], BURSTS_PER_SECOND);
	burst = rate ? rate / BURSTS_PER_SECOND : operation->burst;
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	pin_to_cpu(argv[1]);
	if (operation->prepare)
		operation->prepare();
	if (waits)
		wait_for_start();

	start_ns = clock_ns(CLOCK_MONOTONIC);
	do {
		uint64_t start_cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID), burst_cpu_ns;

		operation->run(path, burst);
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
