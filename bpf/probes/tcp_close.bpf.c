/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* tcp.close: connections that ended, and attempts. Seen at the change of the state: the counts are still there. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "socket_owner.bpf.h"

struct tcp_close_event {
	struct sonde_event _event;
	u8 local_address[16];
	u8 remote_address[16];
	u16 local_port;
	u16 remote_port;
	enum sonde_tcp_state state;
	s32 error;
	u32 retransmits;
	u64 lifetime_ns;
	u64 bytes_sent;
	u64 bytes_received;
};

SONDE_NESTED_SCRATCH(tcp_close, struct tcp_close_event)

static __always_inline bool connection_ends(u64 *ctx)
{
	u32 old_state = ctx[1], new_state = ctx[2];

	return new_state == STATE_CLOSE && old_state != STATE_CLOSE && old_state != STATE_LISTEN &&
	       sonde_is_tcp((struct sock *)ctx[0]);
}

static __always_inline void fill_counts(struct tcp_close_event *event, struct tcp_sock *tcp)
{
	u64 received = BPF_CORE_READ(tcp, bytes_received);

	/* These two count payload alone. bytes_acked would count the connection's own SYN and FIN too. */
	event->bytes_sent = BPF_CORE_READ(tcp, bytes_sent) - BPF_CORE_READ(tcp, bytes_retrans);
	/* The other side's FIN is counted like a byte; SOCK_DONE says that there was one. */
	if (received && BPF_CORE_READ((struct sock *)tcp, __sk_common.skc_flags) & 1UL << SOCK_DONE)
		received--;
	event->bytes_received = received;
	event->retransmits = BPF_CORE_READ(tcp, total_retrans);
}

static __always_inline void handle_close(struct sonde_counters *counters_here, struct tcp_close_event *event, u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];

	SONDE_FILL_ADDRESSES(event, sk);
	event->state = (u32)ctx[1];
	event->error = -BPF_CORE_READ(sk, sk_err);
	event->lifetime_ns = sonde_age_ns((u64)sk);
	fill_counts(event, (struct tcp_sock *)sk);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_CPU))
		sonde_submit(counters_here, event, sizeof(*event));
}

SONDE_OWN_ACCEPTED
SONDE_TRACEPOINT(tcp_close, inet_sock_set_state, connection_ends, SONDE_CONTEXT_CPU, sonde_own_socket, handle_close)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
