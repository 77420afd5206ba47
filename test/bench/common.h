/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs in C share. Include it first: it asks libc for GNU's extensions. */
#ifndef SONDE_BENCH_COMMON_H
#define SONDE_BENCH_COMMON_H

#define _GNU_SOURCE

#include <err.h>
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000ULL

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Ends the program with a message if the text is not a number from `least` to `most`. */
static inline uint64_t parse_number(const char *name, const char *text, uint64_t least,
				    uint64_t most)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *text < '0' || *text > '9' || *end || value < least || value > most)
		errx(2, "%s is \"%s\", not a number from %llu to %llu", name, text,
		     (unsigned long long)least, (unsigned long long)most);
	return value;
}

/* Of CLOCK_MONOTONIC; returns at once when that is past. */
static inline void sleep_until(uint64_t ns)
{
	const struct timespec when = {.tv_sec = (time_t)(ns / NS_PER_S),
				      .tv_nsec = (long)(ns % NS_PER_S)};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
		;
}

static inline void pin_to_cpu(const char *text)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(parse_number("CPU", text, 0, CPU_SETSIZE - 1), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "cannot stay on CPU %s", text);
}

#endif
