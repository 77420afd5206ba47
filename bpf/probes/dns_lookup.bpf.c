/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * dns.lookup: names that programs ask libc for. There and not on the wire: what is answered by a cache, a file or an encrypted
 * resolver is seen too, with what the program was told.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "user.bpf.h"

#define HOST_BYTES    1024 /* more than a name of DNS has */
#define SERVICE_BYTES 64

#define LIBC "libc.so.6"

enum dns_lookup_symbol {
	SYMBOL_GETADDRINFO = 1,
	SYMBOL_GETHOSTBYNAME = 2,
	SYMBOL_GETHOSTBYNAME2 = 3,
	SYMBOL_GETHOSTBYNAME_R = 4,
	SYMBOL_GETHOSTBYNAME2_R = 5,
};

/* Of netdb.h. */
struct addrinfo_head {
	s32 flags;
	s32 family;
	s32 socket_type;
	s32 protocol;
	u32 address_bytes;
	u64 address;
};

struct hostent_head {
	u64 name;
	u64 aliases;
	s32 family;
	s32 address_bytes;
	u64 addresses;
};

struct dns_lookup_event {
	struct sonde_event _event;
	u8 address[16];
	enum dns_lookup_symbol symbol;
	u32 family;
	u32 flags;
	s32 error;
	u64 latency_ns;
	struct sonde_string host;
	struct sonde_string service;
	bool found;
	bool host_truncated;
	bool host_unreadable;
	bool service_truncated;
	bool service_unreadable;
	u8 _padding[3];
	char _host[SONDE_TEXT(HOST_BYTES)];
	char _service[SONDE_TEXT(SERVICE_BYTES)];
};

SONDE_TASK_SCRATCH(dns_lookup, struct dns_lookup_event)

/* include/linux/socket.h */
#define AF_INET	 2
#define AF_INET6 10

static __always_inline u64 read_pointer(u64 from)
{
	u64 pointer = 0;

	bpf_probe_read_user(&pointer, sizeof(pointer), (void *)from);
	return pointer;
}

/* `from` is where the bytes of an address of the family are. What is no IP address stays "::". */
static __always_inline void fill_address(struct dns_lookup_event *event, u32 family, u64 from)
{
	__builtin_memset(event->address, 0, sizeof(event->address));
	if (family == AF_INET6) {
		bpf_probe_read_user(event->address, 16, (void *)from);
	} else if (family == AF_INET && bpf_probe_read_user(event->address + 12, 4, (void *)from) == 0) {
		event->address[10] = 0xff;
		event->address[11] = 0xff;
	}
}

/* Of getaddrinfo: the first one of the list. A struct sockaddr_in has its address at 4, a sockaddr_in6 at 8. */
static __always_inline void fill_from_list(struct dns_lookup_event *event, const struct sonde_user_call *call)
{
	struct addrinfo_head first = {};

	if (event->found)
		bpf_probe_read_user(&first, sizeof(first), (void *)read_pointer(call->args[3]));
	fill_address(event, first.family, first.address + (first.family == AF_INET6 ? 8 : 4));
}

static __always_inline void fill_from_host(struct dns_lookup_event *event, u64 from)
{
	struct hostent_head host = {};

	event->found = from;
	if (from)
		bpf_probe_read_user(&host, sizeof(host), (void *)from);
	fill_address(event, host.family, read_pointer(host.addresses));
}

/* The functions with "_r" say where the result is, and why there is none. The seventh argument is on the stack. */
static __always_inline void fill_from_reentrant(struct dns_lookup_event *event, const struct sonde_user_call *call)
{
	bool has_family = call->function == SYMBOL_GETHOSTBYNAME2_R;
	u64 error_at = has_family ? read_pointer(call->stack + 8) : call->args[5];

	fill_from_host(event, read_pointer(has_family ? call->args[5] : call->args[4]));
	if (!event->found)
		bpf_probe_read_user(&event->error, sizeof(event->error), (void *)error_at);
}

static __always_inline void fill_answer(struct dns_lookup_event *event, const struct sonde_user_call *call, u64 ret)
{
	event->error = 0;
	if (call->function == SYMBOL_GETADDRINFO) {
		event->error = ret;
		event->found = event->error == 0;
		fill_from_list(event, call);
	} else if (call->function == SYMBOL_GETHOSTBYNAME || call->function == SYMBOL_GETHOSTBYNAME2) {
		fill_from_host(event, ret);
	} else {
		fill_from_reentrant(event, call);
	}
}

/* What the function was asked for beside the name. */
static __always_inline void fill_question(struct dns_lookup_event *event, const struct sonde_user_call *call)
{
	struct addrinfo_head hints = {};

	event->flags = 0;
	if (call->function == SYMBOL_GETADDRINFO) {
		/* Without hints: all families. */
		if (call->args[2])
			bpf_probe_read_user(&hints, sizeof(hints), (void *)call->args[2]);
		event->family = hints.family;
		event->flags = hints.flags;
	} else if (call->function == SYMBOL_GETHOSTBYNAME2 || call->function == SYMBOL_GETHOSTBYNAME2_R) {
		event->family = call->args[1];
	} else {
		event->family = AF_INET;
	}
}

static __always_inline void handle_lookup(struct sonde_counters *counters_here, struct dns_lookup_event *event,
					  const struct sonde_user_call *call, u64 ret)
{
	bool has_service = call->function == SYMBOL_GETADDRINFO && call->args[1];

	event->latency_ns = bpf_ktime_get_ns() - call->since_ns;
	event->symbol = call->function;
	fill_question(event, call);
	fill_answer(event, call, ret);
	SONDE_READ_USER_TEXT(event, host, (void *)call->args[0]);
	if (!call->args[0])
		event->host_unreadable = false;
	SONDE_READ_USER_TEXT(event, service, (void *)(has_service ? call->args[1] : 0));
	if (!has_service)
		event->service_unreadable = false;
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, SONDE_PACK_TEXTS(event, host, service));
}

SONDE_USER_BODY(dns_lookup, handle_lookup)

SONDE_USER_FUNCTION(getaddrinfo, LIBC, getaddrinfo, SYMBOL_GETADDRINFO)
SONDE_USER_FUNCTION(gethostbyname, LIBC, gethostbyname, SYMBOL_GETHOSTBYNAME)
SONDE_USER_FUNCTION(gethostbyname2, LIBC, gethostbyname2, SYMBOL_GETHOSTBYNAME2)
SONDE_USER_FUNCTION(gethostbyname_r, LIBC, gethostbyname_r, SYMBOL_GETHOSTBYNAME_R)
SONDE_USER_FUNCTION(gethostbyname2_r, LIBC, gethostbyname2_r, SYMBOL_GETHOSTBYNAME2_R)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
