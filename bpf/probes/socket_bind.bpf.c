/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* socket.bind: addresses given to sockets, at the return of bind: the port that the kernel chose is known. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "syscall.bpf.h"
#include "socket.bpf.h"

struct socket_bind_event {
	struct sonde_event _event;
	u8 address[16];
	u16 port;
	u16 family;
	s32 fd;
	u32 socket_type;
	u32 protocol;
	s32 ret;
	u8 _padding[4];
};

SONDE_SCRATCH(socket_bind, struct socket_bind_event)

static __always_inline void handle_bind(struct sonde_counters *counters_here, struct socket_bind_event *event,
					struct sonde_syscall *call)
{
	struct sock *sk;

	event->fd = call->args.value[0];
	event->ret = call->ret;
	SONDE_FILL_SOCKET(event, sk);
	if (event->ret != 0)
		sonde_asked_address(event->address, &event->port, (const void *)call->args.value[1],
				    call->args.value[2]);
	else if (sk && sonde_is_inet(event->family))
		sonde_local_address(sk, event->address, &event->port);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_SYSCALL_BODIES(socket_bind, handle_bind)
SONDE_SYSCALL(bind, 3)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
