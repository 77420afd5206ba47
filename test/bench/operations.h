/* SPDX-License-Identifier: Apache-2.0 */
/* What the load does again and again. */
#ifndef SONDE_BENCH_OPERATIONS_H
#define SONDE_BENCH_OPERATIONS_H

#include <stdint.h>

struct operation {
	const char *name;
	/* Before the first one; may be NULL. */
	void (*prepare)(void);
	/* `missing` is the path of a file that does not exist. */
	void (*run)(const char *missing, uint64_t times);
	/* So many between two readings of the clock, which they must outweigh. */
	uint64_t burst;
};

/* Ends the program with a message if there is none of this name. */
const struct operation *find_operation(const char *name);

#endif
