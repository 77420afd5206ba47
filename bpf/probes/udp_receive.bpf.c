/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* udp.receive: datagrams that processes receive, one event for each call. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"

#define DATAGRAM_EVENT udp_receive_event
#include "datagram.bpf.h"

/* include/linux/socket.h */
#define MSG_ERRQUEUE 0x2000

SONDE_SCRATCH(udp_receive, struct udp_receive_event)

static __always_inline u32 flags_of(const struct sonde_syscall *call)
{
	switch (call->number) {
	case NR_RECVFROM:
	case NR_RECVMMSG:
		return call->args.value[3];
	case NR_RECVMSG:
		return call->args.value[2];
	default:
		return 0;
	}
}

/* Asked in the entry, so that other sockets and files are not hits of this probe. The error queue has what was sent. */
static __always_inline bool is_receive(const struct sonde_syscall *call)
{
	return !(flags_of(call) & MSG_ERRQUEUE) && sonde_udp_socket_of(call->args.value[0]);
}

/* Of a call that failed there is no sender: what is in its place is from before. */
static __always_inline void handle_receive(struct sonde_counters *counters_here, struct udp_receive_event *event,
					   struct sonde_syscall *call)
{
	sonde_handle_datagrams(counters_here, event, call, call->ret >= 0);
}

SONDE_SYSCALL_BODIES(udp_receive, handle_receive)
SONDE_SYSCALL_IF(recvfrom, 6, is_receive)
SONDE_SYSCALL_IF(recvmsg, 3, is_receive)
SONDE_SYSCALL_IF(recvmmsg, 5, is_receive)
SONDE_SYSCALL_IF(read, 3, is_receive)
SONDE_SYSCALL_IF(readv, 3, is_receive)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
