/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trickle: one thread on one CPU that opens missing files at a steady rate. Each name ends with
 * the time of the call, ns since the Unix epoch, so whoever sees the event knows how old it is.
 */
#include "common.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <signal.h>
#include <unistd.h>

/* paced-opens.ts looks for it, and for the 19 digits behind it. */
#define MISSING_FILE  "/nonexistent/sonde-paced-"
#define MOST_RATE     100000
#define MOST_SECONDS  600 /* ends also if nobody is left to stop it */
#define TIMER_SLACK_NS 1  /* the default makes every call 50 us late */

int main(int argc, char **argv)
{
	uint64_t calls, most_calls, rate, start_ns;
	char path[sizeof(MISSING_FILE) + 20];

	if (argc != 4)
		errx(2, "usage: paced CPU RATE SECONDS");
	rate = parse_number("RATE", argv[2], 1, MOST_RATE);
	most_calls = rate * parse_number("SECONDS", argv[3], 1, MOST_SECONDS);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	pin_to_cpu(argv[1]);

	start_ns = clock_ns(CLOCK_MONOTONIC);
	for (calls = 0; calls < most_calls; calls++) {
		sleep_until(start_ns + calls * NS_PER_S / rate);
		snprintf(path, sizeof(path), MISSING_FILE "%019" PRIu64, clock_ns(CLOCK_REALTIME));
		if (syscall(SYS_openat, AT_FDCWD, path, O_RDONLY) != -1 || errno != ENOENT)
			errx(1, "opening %s did not fail with ENOENT", path);
	}
	printf("{\"calls\":%" PRIu64 "}\n", calls);
	return 0;
}
