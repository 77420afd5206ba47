/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attaches one program of reject.bpf.c, prints "ready", and on SIGTERM prints how many opens passed.
 */
#include "common.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include "reject.h"

static void stop(int signal)
{
	(void)signal;
}

static void fill_list(int list)
{
	for (uint32_t i = 0; i < REJECT_LIST; i++) {
		uint32_t key = REJECT_FIRST + i;
		uint8_t there = 1;

		if (bpf_map_update_elem(list, &key, &there, BPF_ANY))
			err(1, "cannot fill the list");
	}
}

int main(int argc, char **argv)
{
	const struct sigaction on_stop = {.sa_handler = stop};
	struct bpf_program *program, *chosen = NULL;
	struct bpf_object *object;
	struct bpf_link *link;
	uint32_t zero = 0;
	uint64_t passed;

	if (argc != 3)
		errx(2, "usage: reject reject.bpf.o PROGRAM");
	sigaction(SIGTERM, &on_stop, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object)
		err(1, "cannot open %s", argv[1]);
	bpf_object__for_each_program(program, object)
	{
		bool wanted = !strcmp(bpf_program__name(program), argv[2]);

		bpf_program__set_autoload(program, wanted);
		if (wanted)
			chosen = program;
	}
	if (!chosen || bpf_object__load(object))
		err(1, "cannot load %s", argv[2]);
	fill_list(bpf_object__find_map_fd_by_name(object, "list"));
	link = bpf_program__attach(chosen);
	if (!link)
		err(1, "cannot attach to sys_exit_openat");
	puts("ready");
	fflush(stdout);
	pause();
	bpf_link__destroy(link);
	if (bpf_map_lookup_elem(bpf_object__find_map_fd_by_name(object, "passed"), &zero, &passed))
		err(1, "cannot read the count");
	printf("%" PRIu64 "\n", passed);
	bpf_object__close(object);
	return 0;
}
