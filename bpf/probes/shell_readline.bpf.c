/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * shell.readline: lines that people type into bash, and into other programs that use the readline library. At the return of
 * the function the line is whole, edited and not yet run. Debian's bash has a readline of its own.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "user.bpf.h"

#define LINE_BYTES 4096

struct shell_readline_event {
	struct sonde_event _event;
	u64 latency_ns;
	struct sonde_string line;
	bool end_of_input;
	bool line_truncated;
	bool line_unreadable;
	u8 _padding;
	char _line[SONDE_TEXT(LINE_BYTES)];
};

SONDE_TASK_SCRATCH(shell_readline, struct shell_readline_event)

static __always_inline void handle_line(struct sonde_counters *counters_here, struct shell_readline_event *event,
					const struct sonde_user_call *call, u64 ret)
{
	event->latency_ns = bpf_ktime_get_ns() - call->since_ns;
	event->end_of_input = ret == 0;
	SONDE_READ_USER_TEXT(event, line, (void *)ret);
	if (event->end_of_input)
		event->line_unreadable = false;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, SONDE_USED_BYTES(event, line));
}

SONDE_USER_BODY(shell_readline, handle_line)

SONDE_USER_FUNCTION(bash_readline, "/bin/bash", readline, 1)
SONDE_USER_FUNCTION(library_readline, "libreadline.so.8", readline, 1)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
