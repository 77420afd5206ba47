/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * tcp.connect: attempts to connect that ended. Seen at the change of the state, where connections that a process did not wait
 * for are seen too, and with how they ended.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "socket_owner.bpf.h"

struct tcp_connect_event {
	struct sonde_event _event;
	u8 local_address[16];
	u8 remote_address[16];
	u16 local_port;
	u16 remote_port;
	s32 error;
	bool established;
	u8 _padding[7];
	u64 latency_ns;
};

SONDE_NESTED_SCRATCH(tcp_connect, struct tcp_connect_event)

static __always_inline bool attempt_ends(u64 *ctx)
{
	u32 old_state = ctx[1], new_state = ctx[2];

	return old_state == STATE_SYN_SENT && (new_state == STATE_ESTABLISHED || new_state == STATE_CLOSE) &&
	       sonde_is_tcp((struct sock *)ctx[0]);
}

static __always_inline void handle_connect(struct sonde_counters *counters_here, struct tcp_connect_event *event,
					   u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];

	SONDE_FILL_ADDRESSES(event, sk);
	event->established = (u32)ctx[2] == STATE_ESTABLISHED;
	/* Of an earlier attempt, if this one has succeeded. */
	event->error = event->established ? 0 : -BPF_CORE_READ(sk, sk_err);
	event->latency_ns = sonde_age_ns((u64)sk);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_TRACEPOINT(tcp_connect, inet_sock_set_state, attempt_ends, SONDE_CONTEXT_CPU, sonde_own_socket, handle_connect)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
