/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* udp.send: datagrams that processes send, one event for each call. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"

#define DATAGRAM_EVENT udp_send_event
#include "datagram.bpf.h"

SONDE_SCRATCH(udp_send, struct udp_send_event)

/* Asked in the entry, so that other sockets and files are not hits of this probe. */
static __always_inline bool is_send(const struct sonde_syscall *call)
{
	return sonde_udp_socket_of(call->args.value[0]);
}

static __always_inline void handle_send(struct sonde_counters *counters_here, struct udp_send_event *event,
					struct sonde_syscall *call)
{
	sonde_handle_datagrams(counters_here, event, call, true);
}

SONDE_SYSCALL_BODIES(udp_send, handle_send)
SONDE_SYSCALL_IF(sendto, 6, is_send)
SONDE_SYSCALL_IF(sendmsg, 3, is_send)
SONDE_SYSCALL_IF(sendmmsg, 4, is_send)
SONDE_SYSCALL_IF(write, 3, is_send)
SONDE_SYSCALL_IF(writev, 3, is_send)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
