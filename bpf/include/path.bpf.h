/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What probes on system calls that take a path have in common. They see a call when it returns: the kernel has read the path
 * by then, so it is in memory, and the result is known.
 *
 * The macros are for events that have `struct sonde_string path; bool path_unreadable; bool path_truncated;` and, as their
 * last member, `char _path[SONDE_TEXT(SONDE_PATH_BYTES)]`.
 */
#ifndef SONDE_PATH_BPF_H
#define SONDE_PATH_BPF_H

#include "submit.bpf.h"
#include "text.bpf.h"

/* include/uapi/linux/fcntl.h; macros are not in BTF */
#define AT_FDCWD -100

/* Of calls that name their file by a path. */
#define NO_FD -1

/* The caller's path; none of a call on a descriptor alone. */
#define SONDE_READ_PATH_UNLESS(has_none, event, from)                                              \
	({                                                                                         \
		if (has_none) {                                                                    \
			(event)->path.offset = __builtin_offsetof(typeof(*(event)), _path);        \
			(event)->path.length = 0;                                                  \
			(event)->path_unreadable = false;                                          \
			(event)->path_truncated = false;                                           \
		} else {                                                                           \
			SONDE_READ_USER_TEXT(event, path, (const char *)(from));                   \
		}                                                                                  \
	})

/* When all fields are filled. */
#define SONDE_SUBMIT_PATH(counters_here, event)                                                    \
	({                                                                                         \
		if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))                       \
			sonde_submit(counters_here, event, SONDE_USED_BYTES(event, path));         \
	})

#endif
