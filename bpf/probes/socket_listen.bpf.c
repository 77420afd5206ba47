/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* socket.listen: sockets that are made to listen, at the return of listen: the address is known, also one that it chose. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "socket.bpf.h"

struct socket_listen_event {
	struct sonde_event _event;
	u8 address[16];
	u16 port;
	u16 family;
	s32 fd;
	u32 socket_type;
	u32 protocol;
	s32 backlog;
	s32 ret;
};

SONDE_SCRATCH(socket_listen, struct socket_listen_event)

static __always_inline void handle_listen(struct sonde_counters *counters_here, struct socket_listen_event *event,
					  struct sonde_syscall *call)
{
	struct sock *sk;

	event->fd = call->args.value[0];
	event->backlog = call->args.value[1];
	event->ret = call->ret;
	SONDE_FILL_SOCKET(event, sk);
	if (sk && sonde_is_inet(event->family))
		sonde_local_address(sk, event->address, &event->port);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_SYSCALL_BODIES(socket_listen, handle_listen)
SONDE_SYSCALL(listen, 2)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
