/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * tls.data: what programs send and receive through OpenSSL and GnuTLS, at the functions that take and give what is not
 * encrypted: on the wire it cannot be seen.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "sonde.bpf.h"
#include "user.bpf.h"

#define CONTENT_BYTES 16384 /* most of a record of TLS: RFC 8446, section 5.1 */

/* Of the data, to be sent; 0: none. The service asks whether that is allowed. */
const volatile u32 option_content_bytes = 0;

#define OPENSSL "libssl.so.3"
#define GNUTLS	"libgnutls.so.30"

enum tls_data_direction {
	DIRECTION_RECEIVED = 1,
	DIRECTION_SENT = 2,
};

enum tls_data_library {
	LIBRARY_OPENSSL = 1,
	LIBRARY_GNUTLS = 2,
};

/* Receiving and sending take turns; those with "_ex" say in their result only whether there is one. */
enum tls_data_symbol {
	SYMBOL_SSL_READ = 1,
	SYMBOL_SSL_WRITE = 2,
	SYMBOL_SSL_READ_EX = 3,
	SYMBOL_SSL_WRITE_EX = 4,
	SYMBOL_GNUTLS_RECORD_RECV = 5,
	SYMBOL_GNUTLS_RECORD_SEND = 6,
};

struct tls_data_event {
	struct sonde_event _event;
	enum tls_data_direction direction;
	enum tls_data_library library;
	enum tls_data_symbol symbol;
	u8 _padding[4];
	u64 session;
	u64 requested_bytes;
	u64 transferred_bytes;
	s64 ret;
	u64 latency_ns;
	struct sonde_string content;
	bool content_truncated;
	bool content_unreadable;
	u8 _more_padding[2];
	char _content[SONDE_TEXT(CONTENT_BYTES)];
};

SONDE_TASK_SCRATCH(tls_data, struct tls_data_event)

static __always_inline bool is_ex(u32 symbol)
{
	return symbol == SYMBOL_SSL_READ_EX || symbol == SYMBOL_SSL_WRITE_EX;
}

static __always_inline u64 transferred(const struct sonde_user_call *call, s64 ret)
{
	u64 bytes = 0;

	if (ret <= 0)
		return 0;
	if (!is_ex(call->function))
		return ret;
	bpf_probe_read_user(&bytes, sizeof(bytes), (void *)call->args[3]);
	return bytes;
}

/* What was received is in the buffer now, and what was sent is still there. */
static __always_inline void fill_content(struct tls_data_event *event, const struct sonde_user_call *call)
{
	u64 bytes = event->transferred_bytes;

	event->content.offset = __builtin_offsetof(struct tls_data_event, _content);
	event->content.length = 0;
	event->content_unreadable = false;
	event->content_truncated = option_content_bytes && bytes > option_content_bytes;
	if (bytes > option_content_bytes)
		bytes = option_content_bytes;
	if (!bytes)
		return;
	if (bytes > CONTENT_BYTES)
		bytes = CONTENT_BYTES;
	if (bpf_probe_read_user(event->_content, bytes, (void *)call->args[1]) == 0)
		event->content.length = bytes;
	else
		event->content_unreadable = true;
}

static __always_inline void handle_data(struct sonde_counters *counters_here, struct tls_data_event *event,
					const struct sonde_user_call *call, u64 ret)
{
	bool is_gnutls = call->function >= SYMBOL_GNUTLS_RECORD_RECV;

	event->latency_ns = bpf_ktime_get_ns() - call->since_ns;
	event->symbol = call->function;
	event->library = is_gnutls ? LIBRARY_GNUTLS : LIBRARY_OPENSSL;
	event->direction = call->function % 2 ? DIRECTION_RECEIVED : DIRECTION_SENT;
	event->session = call->args[0];
	/* An int in OpenSSL's first functions, a size_t elsewhere. */
	event->requested_bytes = is_gnutls || is_ex(call->function) ? call->args[2] : (u32)call->args[2];
	event->ret = is_gnutls ? (s64)ret : (s32)ret;
	event->transferred_bytes = transferred(call, event->ret);
	fill_content(event, call);
	if (sonde_complete(counters_here, event, SONDE_CONTEXT_ALL))
		sonde_submit(counters_here, event, SONDE_USED_BYTES(event, content));
}

SONDE_USER_BODY(tls_data, handle_data)

#define TLS_FUNCTION(library, function, symbol) SONDE_USER_FUNCTION(function, library, function, symbol)

TLS_FUNCTION(OPENSSL, SSL_read, SYMBOL_SSL_READ)
TLS_FUNCTION(OPENSSL, SSL_write, SYMBOL_SSL_WRITE)
TLS_FUNCTION(OPENSSL, SSL_read_ex, SYMBOL_SSL_READ_EX)
TLS_FUNCTION(OPENSSL, SSL_write_ex, SYMBOL_SSL_WRITE_EX)
TLS_FUNCTION(GNUTLS, gnutls_record_recv, SYMBOL_GNUTLS_RECORD_RECV)
TLS_FUNCTION(GNUTLS, gnutls_record_send, SYMBOL_GNUTLS_RECORD_SEND)

char LICENSE[] SEC("license") = "Dual BSD/GPL";
