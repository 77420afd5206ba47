/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Whose a TCP socket is. What happens to a connection mostly happens in interrupts, while a CPU runs whatever it runs: on
 * loopback a server's socket becomes ESTABLISHED in its client. So the owner is remembered where it is certain, and events
 * have that one. Including this attaches the programs below; that is why it is not part of socket.bpf.h. Probes of sockets that
 * have been accepted say SONDE_OWN_ACCEPTED too.
 */
#ifndef SONDE_SOCKET_OWNER_BPF_H
#define SONDE_SOCKET_OWNER_BPF_H

#include "entry.bpf.h"
#include "event.bpf.h"
#include "socket.bpf.h"
#include "tracepoint.bpf.h"

/* Beyond, sockets have no owner and no age. Entries are made when the map is: programs here may not allocate. */
#define MOST_SOCKETS 32768

struct sonde_socket {
	struct sonde_event owner; /* its process and namespaces; tgid 0: not known */
	u64 since_ns;		  /* when the connection began, of the monotonic clock; 0: before the trace */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MOST_SOCKETS);
	__type(key, u64); /* its struct sock */
	__type(value, struct sonde_socket);
} sockets SEC(".maps");

static __always_inline void sonde_keep_owner(u64 key)
{
	struct sonde_socket *known = bpf_map_lookup_elem(&sockets, &key);
	struct sonde_socket socket = {};

	if (known)
		socket.since_ns = known->since_ns;
	sonde_own_by_current(&socket.owner);
	/* A new value, not the old one changed: others may be reading that. */
	bpf_map_update_elem(&sockets, &key, &socket, BPF_ANY);
}

static __always_inline bool sonde_begins(u32 old_state, u32 new_state)
{
	return new_state == STATE_SYN_SENT || new_state == STATE_LISTEN ||
	       (new_state == STATE_SYN_RECV && old_state != STATE_SYN_SENT);
}

/* What a process does to its own socket. One with an error was ended by the other side, or by an administrator. */
static __always_inline bool sonde_is_closing(struct sock *sk, u32 new_state)
{
	return new_state == STATE_FIN_WAIT1 || new_state == STATE_LAST_ACK ||
	       (new_state == STATE_CLOSE && !BPF_CORE_READ(sk, sk_err));
}

/*
 * A socket that is locked "by a user" is in the hands of the process that runs: interrupts leave such sockets alone and put
 * what has come aside for it. So this is how connect, listen, shutdown and close are told from the other side's doings.
 */
static __always_inline void sonde_follow_state(struct sock *sk, u32 old_state, u32 new_state)
{
	bool in_use = BPF_CORE_READ(sk, sk_lock.owned) != 0;
	struct sonde_socket socket = {};
	u64 key = (u64)sk;

	if (sonde_begins(old_state, new_state)) {
		socket.since_ns = bpf_ktime_get_ns();
		if (in_use)
			sonde_own_by_current(&socket.owner);
		bpf_map_update_elem(&sockets, &key, &socket, BPF_ANY);
	} else if (in_use && sonde_is_closing(sk, new_state)) {
		sonde_keep_owner(key);
	}
}

SEC("tp_btf/inet_sock_set_state")
int start_state(u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];

	return sonde_is_tcp(sk) ? SONDE_TIMED_START(sonde_follow_state(sk, ctx[1], ctx[2])) : 0;
}

/* Not when the socket is closed: a reset is sent after that, and has an owner too. */
SEC("tp_btf/tcp_destroy_sock")
int start_destroy(u64 *ctx)
{
	u64 key = ctx[0];

	return SONDE_TIMED_START(bpf_map_delete_elem(&sockets, &key));
}

static __always_inline void sonde_accepted(s64 ret)
{
	struct sock *sk = ret >= 0 ? sonde_tcp_socket_of(ret) : NULL;

	if (sk)
		sonde_keep_owner((u64)sk);
}

/* Return probes beside tracepoints: on kernels where those can be preempted, owners would be missed. */
#define SONDE_OWN_ACCEPTED_BY(call)                                                                \
	SEC("tracepoint/syscalls/sys_exit_" #call)                                                 \
	int start_##call(struct sonde_syscall_exit_ctx *ctx)                                       \
	{                                                                                          \
		return SONDE_TIMED_START(sonde_accepted(ctx->ret));                                \
	}                                                                                          \
	SEC("kretprobe.multi/__x64_sys_" #call)                                                    \
	int start_return_##call(struct pt_regs *ctx)                                               \
	{                                                                                          \
		return SONDE_TIMED_START(sonde_accepted(PT_REGS_RC(ctx)));                         \
	}

#define SONDE_OWN_ACCEPTED                                                                         \
	SONDE_OWN_ACCEPTED_BY(accept)                                                              \
	SONDE_OWN_ACCEPTED_BY(accept4)

/*
 * Of a socket without an owner the group is still known: that of who made it or, if the kernel did, of who made its listener.
 * 0: not known. What is only the head of a socket, for a connection that begins or is over, has no group.
 */
static __always_inline u64 sonde_group_of_socket(struct sock *sk)
{
	u8 state = sk ? BPF_CORE_READ(sk, __sk_common.skc_state) : STATE_TIME_WAIT;

	if (state == STATE_TIME_WAIT || state == STATE_NEW_SYN_RECV)
		return 0;
	return BPF_CORE_READ(sonde_group_of(sk), kn, id);
}

/* For hooks whose first argument is the socket; what they take from the present is only the CPU. */
static __always_inline void sonde_own_socket(void *event, u64 *ctx)
{
	struct sonde_event *common = event;
	u64 key = ctx[0];
	struct sonde_socket *socket = bpf_map_lookup_elem(&sockets, &key);

	if (socket) {
		common->process = socket->owner.process;
		common->_mount_namespace = socket->owner._mount_namespace;
	} else {
		__builtin_memset(&common->process, 0, sizeof(common->process));
		common->_mount_namespace = 0;
	}
	if (!common->process.tgid)
		common->process.cgroup_id = sonde_group_of_socket((struct sock *)key);
}

/* 0: not known. */
static __always_inline u32 sonde_own_socket_tgid(void *ctx)
{
	u64 key = *(u64 *)ctx;
	struct sonde_socket *socket = bpf_map_lookup_elem(&sockets, &key);

	return socket ? socket->owner.process.tgid : 0;
}

/* 0: not known. */
static __always_inline u64 sonde_age_ns(u64 key)
{
	struct sonde_socket *socket = bpf_map_lookup_elem(&sockets, &key);

	return socket && socket->since_ns ? bpf_ktime_get_ns() - socket->since_ns : 0;
}

#endif
