// Sends data through TLS for the tests; its process id is how they find its events.
//
//   tls-calls openssl                     a client and a server of OpenSSL in one thread; prints the addresses of both
//   tls-calls gnutls                      the same of GnuTLS, with a thread for the server's handshake
//   tls-calls threads THREADS CPU COUNT   THREADS threads, all on CPU, each with a client and a server of OpenSSL: COUNT times
//                                         the client sends "thread T message I " and a filler to 1,000 bytes
//
// All wait for a line on standard input first, after printing their process id. The libraries are opened by name, as a
// machine may lack them or their headers. Ciphers are anonymous: there is no need for certificates.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

enum { kMessage = 1000 };
static long count;
static int cpu;
static void *library;

#define FUNCTION(type, name, ...) type (*name)(__VA_ARGS__) = Find(#name)

static void *Find(const char *name)
{
	void *function = dlsym(library, name);

	if (function == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	return function;
}

static void Open(const char *name)
{
	library = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
	if (library == NULL) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
}

static void Require(int right)
{
	if (!right)
		abort();
}

// From openssl/ssl.h.
enum { kSetDhAuto = 118, kSetMaxVersion = 124, kTls12 = 0x303 };

struct pair {
	void *client, *server;
};

static void *Context(int is_server)
{
	FUNCTION(void *, TLS_client_method, void);
	FUNCTION(void *, TLS_server_method, void);
	FUNCTION(void *, SSL_CTX_new, void *);
	FUNCTION(long, SSL_CTX_ctrl, void *, int, long, void *);
	FUNCTION(int, SSL_CTX_set_cipher_list, void *, const char *);
	void *context = SSL_CTX_new(is_server ? TLS_server_method() : TLS_client_method());

	SSL_CTX_ctrl(context, kSetMaxVersion, kTls12, NULL);
	SSL_CTX_ctrl(context, kSetDhAuto, 1, NULL);
	Require(SSL_CTX_set_cipher_list(context, "ADH-AES256-GCM-SHA384@SECLEVEL=0") == 1);
	return context;
}

static struct pair Connect(void)
{
	FUNCTION(void *, SSL_new, void *);
	FUNCTION(void, SSL_set_bio, void *, void *, void *);
	FUNCTION(void, SSL_set_connect_state, void *);
	FUNCTION(void, SSL_set_accept_state, void *);
	FUNCTION(int, SSL_do_handshake, void *);
	FUNCTION(int, BIO_new_bio_pair, void **, size_t, void **, size_t);
	struct pair pair = {SSL_new(Context(0)), SSL_new(Context(1))};
	void *near = NULL, *far = NULL;

	Require(BIO_new_bio_pair(&near, 65536, &far, 65536) == 1);
	SSL_set_bio(pair.client, near, near);
	SSL_set_bio(pair.server, far, far);
	SSL_set_connect_state(pair.client);
	SSL_set_accept_state(pair.server);
	for (int client = 0, server = 0, i = 0; (client != 1 || server != 1) && i < 10; i++) {
		client = SSL_do_handshake(pair.client);
		server = SSL_do_handshake(pair.server);
		Require(i < 9);
	}
	return pair;
}

static int OpenSsl(void)
{
	FUNCTION(int, SSL_read, void *, void *, int);
	FUNCTION(int, SSL_write, void *, const void *, int);
	FUNCTION(int, SSL_read_ex, void *, void *, size_t, size_t *);
	FUNCTION(int, SSL_write_ex, void *, const void *, size_t, size_t *);
	struct pair pair = Connect();
	char buffer[20000], large[20000];
	size_t bytes;

	printf("%lu %lu\n", (long)pair.client, (long)pair.server);
	memset(large, 'y', sizeof(large));
	Require(SSL_write(pair.client, "from the client \xff", 17) == 17);
	Require(SSL_read(pair.server, buffer, 100) == 17);
	Require(SSL_write_ex(pair.server, large, sizeof(large), &bytes) == 1 && bytes == sizeof(large));
	Require(SSL_read_ex(pair.client, buffer, 400, &bytes) == 1 && bytes == 400);
	Require(SSL_read_ex(pair.client, buffer, sizeof(buffer), &bytes) == 1 && bytes == 16384 - 400);
	Require(SSL_read(pair.server, buffer, 100) == -1);
	Require(SSL_read_ex(pair.server, buffer, 100, &bytes) == 0);
	return 0;
}

static void PinToCpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	Require(sched_setaffinity(0, sizeof(set), &set) == 0);
}

static void *Messages(void *argument)
{
	FUNCTION(int, SSL_read, void *, void *, int);
	FUNCTION(int, SSL_write, void *, const void *, int);
	struct pair pair = Connect();
	char message[kMessage], buffer[kMessage];

	PinToCpu();
	for (long i = 0; i < count; i++) {
		int length = snprintf(message, sizeof(message), "thread %ld message %ld ", (long)argument, i);

		memset(message + length, 'a' + (int)((long)argument % 26), sizeof(message) - length);
		Require(SSL_write(pair.client, message, kMessage) == kMessage);
		Require(SSL_read(pair.server, buffer, kMessage) == kMessage);
	}
	return NULL;
}

static int Threads(int threads)
{
	pthread_t *ids = calloc(threads, sizeof(*ids));

	for (long i = 0; i < threads; i++)
		Require(pthread_create(&ids[i], NULL, Messages, (void *)i) == 0);
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	return 0;
}

// From gnutls/gnutls.h.
enum { kServer = 1, kClient = 2, kAnonymous = 2 };

static void *Session(int kind, int fd)
{
	FUNCTION(int, gnutls_init, void **, unsigned int);
	FUNCTION(int, gnutls_priority_set_direct, void *, const char *, const char **);
	FUNCTION(int, gnutls_credentials_set, void *, int, void *);
	FUNCTION(int, gnutls_anon_allocate_client_credentials, void **);
	FUNCTION(int, gnutls_anon_allocate_server_credentials, void **);
	FUNCTION(void, gnutls_transport_set_int2, void *, int, int);
	void *session, *credentials;

	Require(gnutls_init(&session, kind) == 0);
	Require(gnutls_priority_set_direct(session, "NORMAL:-VERS-ALL:+VERS-TLS1.2:-KX-ALL:+ANON-ECDH", NULL) == 0);
	if (kind == kServer)
		gnutls_anon_allocate_server_credentials(&credentials);
	else
		gnutls_anon_allocate_client_credentials(&credentials);
	Require(gnutls_credentials_set(session, kAnonymous, credentials) == 0);
	gnutls_transport_set_int2(session, fd, fd);
	return session;
}

static void *Handshake(void *session)
{
	FUNCTION(int, gnutls_handshake, void *);

	Require(gnutls_handshake(session) == 0);
	return NULL;
}

static int GnuTls(void)
{
	FUNCTION(ssize_t, gnutls_record_send, void *, const void *, size_t);
	FUNCTION(ssize_t, gnutls_record_recv, void *, void *, size_t);
	char buffer[100];
	pthread_t server_thread;
	int ends[2];

	Require(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
	void *client = Session(kClient, ends[0]), *server = Session(kServer, ends[1]);
	Require(pthread_create(&server_thread, NULL, Handshake, server) == 0);
	Handshake(client);
	pthread_join(server_thread, NULL);
	printf("%lu %lu\n", (long)client, (long)server);
	Require(gnutls_record_send(client, "through GnuTLS", 14) == 14);
	Require(gnutls_record_recv(server, buffer, sizeof(buffer)) == 14);
	close(ends[0]);
	// The end of the connection without a word of the peer.
	printf("%zd\n", gnutls_record_recv(server, buffer, sizeof(buffer)));
	return 0;
}

int main(int argc, char **argv)
{
	char line[16];

	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL || argc < 2)
		return 1;
	if (strcmp(argv[1], "gnutls") == 0) {
		Open("libgnutls.so.30");
		return GnuTls();
	}
	Open("libssl.so.3");
	if (argc == 2)
		return OpenSsl();
	cpu = atoi(argv[3]);
	count = atol(argv[4]);
	return Threads(atoi(argv[2]));
}
