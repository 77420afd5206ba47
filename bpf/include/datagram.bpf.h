/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * System calls that send or receive datagrams, one or several, at their return: the local port is known then, and what the kernel
 * has written of a sender. Includers say with DATAGRAM_EVENT what their event is called.
 *
 * The calls, and not the functions of UDP, which hosts without kprobes cannot watch. The tracepoints sock_send_length and
 * sock_recv_length (6.3) also see calls through io_uring, but know no address of a socket that is not connected.
 */
#ifndef SONDE_DATAGRAM_BPF_H
#define SONDE_DATAGRAM_BPF_H

#include "syscall.bpf.h"
#include "socket.bpf.h"

/* x86-64 numbers: arch/x86/entry/syscalls/syscall_64.tbl */
#define NR_SENDTO   44
#define NR_RECVFROM 45
#define NR_SENDMSG  46
#define NR_RECVMSG  47
#define NR_RECVMMSG 299
#define NR_SENDMMSG 307

#define MOST_DATAGRAMS 1024 /* UIO_MAXIOV: the kernel takes no more in one call */

/* include/linux/socket.h */
struct sonde_mmsghdr {
	struct user_msghdr header;
	u32 length;
};

struct DATAGRAM_EVENT {
	struct sonde_event _event;
	u8 local_address[16];
	u8 remote_address[16];
	u64 payload_bytes;
	u16 local_port;
	u16 remote_port;
	u32 datagrams;
	s32 fd;
	s32 error;
};

static __always_inline bool sonde_has_vector(const struct sonde_syscall *call)
{
	return call->number == NR_SENDMMSG || call->number == NR_RECVMMSG;
}

/* What the kernel wrote behind each message of a vector. Where the memory is gone, the rest is left out. */
static __always_inline u64 sonde_vector_bytes(const struct sonde_mmsghdr *messages, s64 count)
{
	u64 sum = 0;
	u32 length, i;

	for (i = 0; i < MOST_DATAGRAMS && i < count; i++) {
		if (bpf_probe_read_user(&length, sizeof(length), &messages[i].length))
			break;
		sum += length;
	}
	return sum;
}

/* The address that the call names, of a vector that of its first message; those that name none leave that of the socket. */
static __always_inline void sonde_fill_named(struct DATAGRAM_EVENT *event, const struct sonde_syscall *call)
{
	const void *name = (const void *)call->args.value[4];
	struct user_msghdr header = {};
	u32 bytes = 0;

	switch (call->number) {
	case NR_SENDTO:
		bytes = call->args.value[5];
		break;
	case NR_RECVFROM:
		if (bpf_probe_read_user(&bytes, sizeof(bytes), (const void *)call->args.value[5]))
			return;
		break;
	case NR_SENDMSG:
	case NR_RECVMSG:
	case NR_SENDMMSG:
	case NR_RECVMMSG:
		if (bpf_probe_read_user(&header, sizeof(header), (const void *)call->args.value[1]))
			return;
		name = header.msg_name;
		bytes = header.msg_namelen;
		break;
	default:
		return;
	}
	if (name)
		sonde_asked_address(event->remote_address, &event->remote_port, name, bytes);
}

static __always_inline void sonde_fill_datagrams(struct DATAGRAM_EVENT *event, struct sock *sk,
						 const struct sonde_syscall *call)
{
	event->fd = call->args.value[0];
	SONDE_FILL_ADDRESSES(event, sk);
	event->error = call->ret < 0 ? call->ret : 0;
	if (call->ret < 0) {
		event->datagrams = 0;
		event->payload_bytes = 0;
	} else if (sonde_has_vector(call)) {
		event->datagrams = call->ret;
		event->payload_bytes = sonde_vector_bytes((const void *)call->args.value[1], call->ret);
	} else {
		event->datagrams = 1;
		event->payload_bytes = call->ret;
	}
}

/* `named`: whether the address that the call names is one. */
static __always_inline void sonde_handle_datagrams(struct sonde_counters *counters_here, struct DATAGRAM_EVENT *event,
						   const struct sonde_syscall *call, bool named)
{
	struct sock *sk = sonde_udp_socket_of(call->args.value[0]);

	if (!sk) {
		/* Another thread has closed it since the entry looked. */
		sonde_count(counters_here->start_lost);
		return;
	}
	sonde_fill_datagrams(event, sk, call);
	if (named)
		sonde_fill_named(event, call);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, sizeof(*event));
}

#endif
