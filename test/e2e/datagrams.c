// Sends and receives datagrams on loopback for the tests; its process id is how they find its events.
//
//   datagrams all 4|6|mapped     by every call that can; "mapped": IPv4 over sockets of IPv6
//   datagrams threads N COUNT    N threads, all on CPU 0, each COUNT times: send a datagram of I + 1 bytes to itself, and read it
//
// Both wait for a line on standard input, after printing their process id. "all" then prints the descriptors and ports of three
// sockets, "receiver", "sender" and "connected", and what each call returned; "threads" prints the ports.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_THREADS 16
#define VECTOR	     3
#define TOO_LARGE    70000

union Address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

static char buffer[TOO_LARGE];
static const char *family;
static long count;
static int ports[MOST_THREADS];

static void Require(int holds)
{
	if (!holds) {
		perror("datagrams");
		exit(1);
	}
}

static socklen_t Loopback(union Address *address)
{
	memset(address, 0, sizeof(*address));
	if (strcmp(family, "4") == 0) {
		address->ipv4.sin_family = AF_INET;
		address->ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(address->ipv4);
	}
	address->ipv6.sin6_family = AF_INET6;
	Require(inet_pton(AF_INET6, *family == '6' ? "::1" : "::ffff:127.0.0.1", &address->ipv6.sin6_addr) == 1);
	return sizeof(address->ipv6);
}

static int Socket(void)
{
	int fd = socket(strcmp(family, "4") == 0 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);

	Require(fd >= 0);
	return fd;
}

/* One that is bound to a port of loopback; its address. */
static int Bound(union Address *address, socklen_t *bytes)
{
	int fd = Socket();

	*bytes = Loopback(address);
	Require(bind(fd, &address->any, *bytes) == 0 && getsockname(fd, &address->any, bytes) == 0);
	return fd;
}

/* Both families have it in the same place. */
static int PortOf(int fd)
{
	union Address address;
	socklen_t bytes = sizeof(address);

	Require(getsockname(fd, &address.any, &bytes) == 0);
	return ntohs(address.ipv4.sin_port);
}

static void Print(long result) { printf("%ld\n", result < 0 ? -errno : result); }

static void Vector(int sender, int receiver, union Address *to, socklen_t bytes)
{
	struct mmsghdr messages[VECTOR] = {0}, received[VECTOR + 5] = {0};
	struct iovec parts[VECTOR], rooms[VECTOR + 5];
	union Address from[VECTOR + 5];

	for (int i = 0; i < VECTOR; i++) {
		parts[i] = (struct iovec){buffer, i + 1};
		messages[i].msg_hdr = (struct msghdr){
		    .msg_name = to, .msg_namelen = bytes, .msg_iov = &parts[i], .msg_iovlen = 1};
	}
	Print(sendmmsg(sender, messages, VECTOR, 0));
	for (int i = 0; i < VECTOR + 5; i++) {
		rooms[i] = (struct iovec){buffer, 100};
		received[i].msg_hdr = (struct msghdr){
		    .msg_name = &from[i], .msg_namelen = sizeof(from[i]), .msg_iov = &rooms[i], .msg_iovlen = 1};
	}
	Print(recvmmsg(receiver, received, VECTOR + 5, MSG_DONTWAIT, NULL));
}

/* Reads what came back, of which there is nothing; a pair of Unix sockets; and TCP's sendto. */
static void Others(int connected)
{
	struct iovec part = {buffer, 100};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	int pair[2], stream = socket(AF_INET, SOCK_STREAM, 0);

	Print(recvmsg(connected, &message, MSG_ERRQUEUE | MSG_DONTWAIT));
	Require(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	Print(send(pair[0], buffer, 7, 0));
	Print(recv(pair[1], buffer, 100, 0));
	Print(send(stream, buffer, 7, MSG_NOSIGNAL));
}

static void All(void)
{
	union Address to, from, peer;
	socklen_t bytes, from_bytes = sizeof(from), peer_bytes;
	int receiver = Bound(&to, &bytes), sender = Socket(), connected = Bound(&peer, &peer_bytes);
	struct iovec part = {buffer, 30};
	struct msghdr message = {.msg_name = &peer, .msg_namelen = peer_bytes, .msg_iov = &part, .msg_iovlen = 1};
	struct iovec parts[2] = {{buffer, 2}, {buffer, 3}};

	Require(connect(connected, &to.any, bytes) == 0);
	Print(sendto(sender, buffer, 10, 0, &to.any, bytes));
	Print(recvfrom(receiver, buffer, 100, 0, &from.any, &from_bytes));
	Print(send(connected, buffer, 20, 0));
	Print(recv(receiver, buffer, 100, 0));
	Print(sendmsg(receiver, &message, 0));
	message = (struct msghdr){.msg_iov = &part, .msg_iovlen = 1};
	Print(recvmsg(connected, &message, 0));
	Print(write(connected, buffer, 40));
	Print(read(receiver, buffer, 100));
	Print(writev(connected, parts, 2));
	Print(readv(receiver, parts, 2));
	Vector(sender, receiver, &to, bytes);
	Print(sendto(sender, buffer, 0, 0, &to.any, bytes));
	Print(recv(receiver, buffer, 100, MSG_PEEK));
	Print(recv(receiver, buffer, 100, 0));
	Print(recvfrom(receiver, buffer, 100, MSG_DONTWAIT, &from.any, &from_bytes));
	Print(sendto(sender, buffer, TOO_LARGE, 0, &to.any, bytes));
	Print(sendto(sender, buffer, 1, 0, (void *)8, bytes));
	Others(connected);
	printf("%d %d\n%d %d\n%d %d\n", receiver, PortOf(receiver), sender, PortOf(sender), connected, PortOf(connected));
}

static void *Thread(void *argument)
{
	long number = (long)argument;
	union Address own;
	socklen_t bytes;
	cpu_set_t set;
	int fd = Bound(&own, &bytes);

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	Require(sched_setaffinity(0, sizeof(set), &set) == 0);
	ports[number] = PortOf(fd);
	for (long i = 0; i < count; i++)
		Require(sendto(fd, buffer, i + 1, 0, &own.any, bytes) == i + 1 &&
			recv(fd, buffer, sizeof(buffer), 0) == i + 1);
	return NULL;
}

static void Threads(long threads)
{
	pthread_t ids[MOST_THREADS];

	family = "4";
	for (long i = 0; i < threads; i++)
		Require(pthread_create(&ids[i], NULL, Thread, (void *)i) == 0);
	for (long i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		printf("%d\n", ports[i]);
	}
}

int main(int argc, char **argv)
{
	char line[8];

	printf("%d\n", getpid());
	fflush(stdout);
	if (argc < 3 || fgets(line, sizeof(line), stdin) == NULL)
		return 2;
	if (strcmp(argv[1], "all") == 0) {
		family = argv[2];
		All();
		return 0;
	}
	if (argc != 4 || atoi(argv[2]) > MOST_THREADS)
		return 2;
	count = atol(argv[3]);
	Threads(atol(argv[2]));
	return 0;
}
