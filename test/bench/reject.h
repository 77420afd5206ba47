/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What reject.bpf.c, reject.c and reject.ts reject all opens of the load by. */
#ifndef REJECT_H
#define REJECT_H

/* Init opens no file of the load. */
#define REJECT_TGID   1
#define REJECT_PREFIX "/elsewhere/"
/* Process ids that no kernel gives: the most is 4,194,304. */
#define REJECT_FIRST  5000000
#define REJECT_LIST   1000

#endif
