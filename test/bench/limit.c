/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer of "the limit": reads the ring each millisecond and throws the events away. Prints
 * "ready" when the program is attached, and its counts as one line of JSON on SIGTERM. With "print"
 * it prints the path of each event instead, for the rows that measure when events arrive.
 */
#include "common.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <inttypes.h>
#include <linux/types.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include "limit.h"

#define CONSUME_EVERY_NS 1000000

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
	(void)signal;
	stopping = 1;
}

struct totals {
	uint64_t events;
	uint64_t bytes;
};

static int count_event(void *context, void *data, size_t size)
{
	struct totals *totals = context;

	(void)data;
	totals->events++;
	totals->bytes += size;
	return 0;
}

static int print_event(void *context, void *data, size_t size)
{
	const struct limit_event *event = data;

	if (size > offsetof(struct limit_event, path))
		puts(event->path);
	return count_event(context, data, size);
}

static void consume(struct ring_buffer *ring)
{
	int got = ring_buffer__consume(ring);

	if (got < 0)
		errx(1, "cannot read the ring buffer: %s", strerror(-got));
	if (got > 0)
		fflush(stdout);
}

static int map_fd(struct bpf_object *object, const char *name)
{
	int fd = bpf_object__find_map_fd_by_name(object, name);

	if (fd < 0)
		errx(1, "the object has no map %s", name);
	return fd;
}

static uint64_t own_cpu_ns(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * NS_PER_S +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static struct bpf_link *attach(struct bpf_object *object)
{
	struct bpf_program *program = bpf_object__next_program(object, NULL);
	struct bpf_link *link = program ? bpf_program__attach(program) : NULL;

	if (!link)
		err(1, "cannot attach to sys_exit_openat");
	return link;
}

int main(int argc, char **argv)
{
	const struct timespec pause = {.tv_nsec = CONSUME_EVERY_NS};
	const struct sigaction on_stop = {.sa_handler = stop};
	uint64_t ring_full = 0, start_cpu_ns, cpu_ns;
	struct totals totals = {0};
	bool prints = argc == 4 && !strcmp(argv[3], "print");
	struct bpf_object *object;
	struct ring_buffer *ring;
	struct bpf_link *link;
	uint32_t zero = 0;

	if (argc != 3 && !prints)
		errx(2, "usage: limit CPU limit.bpf.o [print]");
	sigaction(SIGTERM, &on_stop, NULL);
	sigaction(SIGINT, &on_stop, NULL);
	/* A consumer that outlives its benchmark would slow the machine down for ever. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	pin_to_cpu(argv[1]);

	object = bpf_object__open_file(argv[2], NULL);
	if (!object || bpf_object__load(object))
		err(1, "cannot load %s", argv[2]);
	ring = ring_buffer__new(map_fd(object, "ring"), prints ? print_event : count_event, &totals,
				NULL);
	if (!ring)
		err(1, "cannot map the ring buffer");
	link = attach(object);
	if (!prints)
		puts("ready");
	fflush(stdout);

	start_cpu_ns = own_cpu_ns();
	while (!stopping) {
		consume(ring);
		nanosleep(&pause, NULL);
	}
	cpu_ns = own_cpu_ns() - start_cpu_ns;

	bpf_link__destroy(link);
	consume(ring);
	if (bpf_map_lookup_elem(map_fd(object, "ring_full"), &zero, &ring_full))
		err(1, "cannot read the count of losses");
	if (prints)
		return 0;
	printf("{\"events\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"ringFull\":%" PRIu64 ",\"cpuNs\":%" PRIu64
	       ",\"libbpf\":\"%s\"}\n",
	       totals.events, totals.bytes, ring_full, cpu_ns, libbpf_version_string());
	ring_buffer__free(ring);
	bpf_object__close(object);
	return 0;
}
