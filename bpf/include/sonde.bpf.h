/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What every probe includes, after vmlinux.h and libbpf's headers. */
#ifndef SONDE_BPF_H
#define SONDE_BPF_H

#include "event.bpf.h"
#include "counters.bpf.h"
#include "entry.bpf.h"
#include "filter.bpf.h"
#include "scratch.bpf.h"
#include "submit.bpf.h"
#include "text.bpf.h"

#endif
