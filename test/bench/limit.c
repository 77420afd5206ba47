/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The consumer of "the limit": reads the ring each millisecond and throws the events away. Prints
 * "ready" when the program is attached, and its counts as one line of JSON on SIGTERM.
 */
#include "common.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define CONSUME_EVERY_NS 1000000

static volatile sig_atomic_t stopping;

static void stop(int signal)
{
	(void)signal;
	stopping = 1;
}

static int count_event(void *events, void *data, size_t size)
{
	(void)data;
	(void)size;
	++*(uint64_t *)events;
	return 0;
}

static void consume(struct ring_buffer *ring)
{
	int got = ring_buffer__consume(ring);

	if (got < 0)
		errx(1, "cannot read the ring buffer: %s", strerror(-got));
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
	uint64_t events = 0, ring_full = 0, start_cpu_ns, cpu_ns;
	struct bpf_object *object;
	struct ring_buffer *ring;
	struct bpf_link *link;
	uint32_t zero = 0;

	if (argc != 3)
		errx(2, "usage: limit CPU limit.bpf.o");
	sigaction(SIGTERM, &on_stop, NULL);
	sigaction(SIGINT, &on_stop, NULL);
	/* A consumer that outlives its benchmark would slow the machine down for ever. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	pin_to_cpu(argv[1]);

	object = bpf_object__open_file(argv[2], NULL);
	if (!object || bpf_object__load(object))
		err(1, "cannot load %s", argv[2]);
	ring = ring_buffer__new(map_fd(object, "ring"), count_event, &events, NULL);
	if (!ring)
		err(1, "cannot map the ring buffer");
	link = attach(object);
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
	printf("{\"events\":%" PRIu64 ",\"ringFull\":%" PRIu64 ",\"cpuNs\":%" PRIu64
	       ",\"libbpf\":\"%s\"}\n",
	       events, ring_full, cpu_ns, libbpf_version_string());
	ring_buffer__free(ring);
	bpf_object__close(object);
	return 0;
}
