/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What limit.bpf.c and limit.c agree on. */
#ifndef SONDE_BENCH_LIMIT_H
#define SONDE_BENCH_LIMIT_H

#define LIMIT_RING_BYTES (8 * 1024 * 1024) /* the default of a Sonde trace */
#define LIMIT_PATH_BYTES 4096

#endif
