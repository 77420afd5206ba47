/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Texts of an event: a `struct sonde_string name` says where the bytes are, `char _name[SONDE_TEXT(N)]` has room for N of
 * them. Both at a fixed place, for filters; what is not used of the last one is not submitted.
 */
#ifndef SONDE_TEXT_BPF_H
#define SONDE_TEXT_BPF_H

#include "event.bpf.h"

/* One byte more than is sent tells "whole" from "cut"; one is the NUL; filters read eight at a time. */
#define SONDE_TEXT(bytes) ((bytes) + 8)

#define SONDE_PATH_BYTES 4096

static __always_inline void sonde_set_text(struct sonde_string *text, u32 offset, long got, u32 capacity,
					   bool *truncated)
{
	u64 length = got > 0 ? got - 1 : 0;

	*truncated = length > capacity;
	if (length > capacity)
		length = capacity;
	text->offset = offset;
	text->length = length;
}

/* Reads a text of the caller's. `event` has `name`, `_name`, and the flags `name_truncated` and `name_unreadable`. */
#define SONDE_READ_USER_TEXT(event, name, from)                                                    \
	({                                                                                         \
		const u32 _capacity = sizeof((event)->_##name) - SONDE_TEXT(0);                    \
		long _got = bpf_probe_read_user_str((event)->_##name, _capacity + 2, from);        \
                                                                                                   \
		(event)->name##_unreadable = _got < 0;                                             \
		sonde_set_text(&(event)->name, __builtin_offsetof(typeof(*(event)), _##name),      \
			       _got, _capacity, &(event)->name##_truncated);                       \
	})

/*
 * Bytes of the event that are in use, if `name` is its last text. Read back: a size that lives across the late filter would
 * make the verifier walk the filter once for each way in which the text can have been read.
 */
#define SONDE_USED_BYTES(event, name)                                                              \
	({                                                                                         \
		u64 _length = (event)->name.length;                                                \
                                                                                                   \
		if (_length > sizeof((event)->_##name) - SONDE_TEXT(0))                            \
			_length = sizeof((event)->_##name) - SONDE_TEXT(0);                        \
		__builtin_offsetof(typeof(*(event)), _##name) + _length;                           \
	})

/*
 * Of an event with two texts, that passed all filters: moves the second one behind the first, so that what is between them
 * need not be sent. Gives the bytes of the event that are in use.
 */
#define SONDE_PACK_TEXTS(event, first, second)                                                     \
	({                                                                                         \
		u64 _first = (event)->first.length, _second = (event)->second.length;              \
		const u32 _start = __builtin_offsetof(typeof(*(event)), _##first);                 \
                                                                                                   \
		if (_first > sizeof((event)->_##first) - SONDE_TEXT(0))                            \
			_first = sizeof((event)->_##first) - SONDE_TEXT(0);                        \
		if (_second > sizeof((event)->_##second) - SONDE_TEXT(0))                          \
			_second = sizeof((event)->_##second) - SONDE_TEXT(0);                      \
		bpf_probe_read_kernel((event)->_##first + _first, _second, (event)->_##second);    \
		(event)->second.offset = _start + _first;                                          \
		_start + _first + _second;                                                         \
	})

#endif
