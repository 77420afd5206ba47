/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* tcp.state: every change of the state of a TCP socket. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "socket_owner.bpf.h"

struct tcp_state_event {
	struct sonde_event _event;
	u8 local_address[16];
	u8 remote_address[16];
	u16 local_port;
	u16 remote_port;
	enum sonde_tcp_state old_state;
	enum sonde_tcp_state new_state;
	u8 _padding[4];
};

SONDE_NESTED_SCRATCH(tcp_state, struct tcp_state_event)

/* The hook is shared with SCTP, DCCP and MPTCP. */
static __always_inline bool is_tcp(u64 *ctx)
{
	return sonde_is_tcp((struct sock *)ctx[0]);
}

static __always_inline void handle_state(struct sonde_counters *counters_here, struct tcp_state_event *event, u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];

	SONDE_FILL_ADDRESSES(event, sk);
	event->old_state = (u32)ctx[1];
	event->new_state = (u32)ctx[2];
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_OWN_ACCEPTED
SONDE_TRACEPOINT(tcp_state, inet_sock_set_state, is_tcp, SONDE_CONTEXT_CPU, sonde_own_socket, handle_state)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
