/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * tcp.accept: connections taken from their listener, at the return of accept and accept4: there the descriptor and the process
 * are known.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "socket.bpf.h"

struct tcp_accept_event {
	struct sonde_event _event;
	u8 local_address[16];
	u8 remote_address[16];
	u16 local_port;
	u16 remote_port;
	s32 fd;
	u32 backlog;
	u32 waiting;
};

SONDE_SCRATCH(tcp_accept, struct tcp_accept_event)

/* Asked in the entry, so that other sockets are not hits of this probe. */
static __always_inline bool is_tcp_accept(const struct sonde_syscall *call)
{
	return call->ret >= 0 && sonde_tcp_socket_of(call->ret);
}

static __always_inline void fill_listener(struct tcp_accept_event *event, s32 fd)
{
	struct sock *listener = sonde_tcp_socket_of(fd);

	event->backlog = listener ? BPF_CORE_READ(listener, sk_max_ack_backlog) : 0;
	event->waiting = listener ? BPF_CORE_READ(listener, sk_ack_backlog) : 0;
}

static __always_inline void handle_accept(struct sonde_counters *counters_here, struct tcp_accept_event *event,
					  struct sonde_syscall *call)
{
	struct sock *sk = sonde_tcp_socket_of(call->ret);

	if (!sk) {
		/* Another thread has closed it since the entry looked. */
		sonde_count(counters_here->start_lost);
		return;
	}
	event->fd = call->ret;
	SONDE_FILL_ADDRESSES(event, sk);
	fill_listener(event, call->args.value[0]);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_SYSCALL_BODIES(tcp_accept, handle_accept)
SONDE_SYSCALL_IF(accept, 3, is_tcp_accept)
SONDE_SYSCALL_IF(accept4, 4, is_tcp_accept)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
