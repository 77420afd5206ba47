/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Sockets: from a descriptor, their addresses, the states of TCP. */
#ifndef SONDE_SOCKET_BPF_H
#define SONDE_SOCKET_BPF_H

#include <bpf/bpf_endian.h>
#include "file.bpf.h"

/* include/linux/socket.h */
#define AF_INET	 2
#define AF_INET6 10

/* include/uapi/linux/stat.h */
#define S_IFSOCK 0140000

/* The kernel's own numbers, TCP_* in include/net/tcp_states.h. */
enum sonde_tcp_state {
	STATE_ESTABLISHED = 1,
	STATE_SYN_SENT = 2,
	STATE_SYN_RECV = 3,
	STATE_FIN_WAIT1 = 4,
	STATE_FIN_WAIT2 = 5,
	STATE_TIME_WAIT = 6,
	STATE_CLOSE = 7,
	STATE_CLOSE_WAIT = 8,
	STATE_LAST_ACK = 9,
	STATE_LISTEN = 10,
	STATE_CLOSING = 11,
};

/* One more, which no socket has: a connection that begins. */
#define STATE_NEW_SYN_RECV 12

static __always_inline u16 sonde_family(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_family);
}

static __always_inline bool sonde_is_inet(u16 family)
{
	return family == AF_INET || family == AF_INET6;
}

static __always_inline bool sonde_is_tcp(struct sock *sk)
{
	return BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP && sonde_is_inet(sonde_family(sk));
}

/* As ::ffff:a.b.c.d; `address` is in network byte order. */
static __always_inline void sonde_set_ipv4(u8 *to, u32 address)
{
	u32 *words = (u32 *)to;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = address;
}

static __always_inline bool sonde_is_ipv6_socket(struct sock *sk)
{
	/* Kernels can be built without IPv6. */
	return bpf_core_field_exists(sk->__sk_common.skc_v6_daddr) && sonde_family(sk) == AF_INET6;
}

/* Of an IPv4 or IPv6 socket. The port is taken from inet_sport: the other place, skc_num, is 0 once the port is given back,
 * which happens before a socket says that it is closed. */
static __always_inline void sonde_local_address(struct sock *sk, u8 *address, u16 *port)
{
	if (sonde_is_ipv6_socket(sk))
		BPF_CORE_READ_INTO((struct in6_addr *)address, sk, __sk_common.skc_v6_rcv_saddr);
	else
		sonde_set_ipv4(address, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
	*port = bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
}

static __always_inline void sonde_remote_address(struct sock *sk, u8 *address, u16 *port)
{
	if (sonde_is_ipv6_socket(sk))
		BPF_CORE_READ_INTO((struct in6_addr *)address, sk, __sk_common.skc_v6_daddr);
	else
		sonde_set_ipv4(address, BPF_CORE_READ(sk, __sk_common.skc_daddr));
	*port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
}

/* Fewer bytes of an IPv6 address the kernel does not take (include/linux/ipv6.h). */
#define SIN6_LEN_RFC2133 24

/*
 * An address in the caller's memory; reads no more than the caller says there is. Nothing is changed if it is none of IPv4 or
 * IPv6, or cannot be read.
 */
static __always_inline void sonde_asked_address(u8 *address, u16 *port, const void *user, u32 bytes)
{
	struct sockaddr_in ipv4 = {};
	const struct sockaddr_in6 *ipv6 = user;

	if (bytes < sizeof(ipv4) || bpf_probe_read_user(&ipv4, sizeof(ipv4), user))
		return;
	if (ipv4.sin_family == AF_INET)
		sonde_set_ipv4(address, ipv4.sin_addr.s_addr);
	else if (ipv4.sin_family != AF_INET6 || bytes < SIN6_LEN_RFC2133 ||
		 bpf_probe_read_user(address, 16, &ipv6->sin6_addr))
		return;
	*port = bpf_ntohs(ipv4.sin_port); /* both have it in the same place */
}

/* Of an event with the four usual members. */
#define SONDE_FILL_ADDRESSES(event, sk)                                                            \
	({                                                                                         \
		sonde_local_address(sk, (event)->local_address, &(event)->local_port);             \
		sonde_remote_address(sk, (event)->remote_address, &(event)->remote_port);          \
	})

/*
 * The socket behind a descriptor of the current process; NULL: it is none, or is gone. Another thread can have put another
 * file in its place since the system call used it: a socket is known by its inode and by the file that it points back to.
 */
static __always_inline struct socket *sonde_socket_of(s64 fd)
{
	/* A negative one is larger than all. */
	struct file *file = sonde_file_of(fd);
	struct socket *socket;

	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return socket && BPF_CORE_READ(socket, file) == file ? socket : NULL;
}

/* Of an event that has `fd`: sets `sk`, NULL if that is no socket, and what kind of socket it is; the address is left zero. */
#define SONDE_FILL_SOCKET(event, sk)                                                               \
	({                                                                                         \
		struct socket *_socket = sonde_socket_of((event)->fd);                             \
                                                                                                   \
		sk = _socket ? BPF_CORE_READ(_socket, sk) : NULL;                                  \
		(event)->family = sk ? sonde_family(sk) : 0;                                       \
		(event)->socket_type = sk ? BPF_CORE_READ(sk, sk_type) : 0;                        \
		(event)->protocol = sk ? BPF_CORE_READ(sk, sk_protocol) : 0;                       \
		__builtin_memset((event)->address, 0, sizeof((event)->address));                   \
		(event)->port = 0;                                                                 \
	})

/* A UDP socket behind a descriptor of the current process, or NULL. */
static __always_inline struct sock *sonde_udp_socket_of(s64 fd)
{
	struct socket *socket = sonde_socket_of(fd);
	struct sock *sk = socket ? BPF_CORE_READ(socket, sk) : NULL;

	return sk && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_UDP && sonde_is_inet(sonde_family(sk)) ? sk : NULL;
}

/* The socket of a TCP connection behind a descriptor of the current process, or NULL. */
static __always_inline struct sock *sonde_tcp_socket_of(s64 fd)
{
	struct socket *socket = sonde_socket_of(fd);
	struct sock *sk = socket ? BPF_CORE_READ(socket, sk) : NULL;

	return sk && sonde_is_tcp(sk) ? sk : NULL;
}

#endif
