// Sockets that do what the tests say, a line at a time. Sockets have numbers from 0 to 63.
//
//   socket N 4|6|unix stream|datagram    bind N ADDRESS PORT       listen N BACKLOG      connect N ADDRESS PORT
//   accept N M                           send N BYTES              receive N BYTES       sendto N ADDRESS PORT BYTES
//   nonblock N                           retries N SYNS            linger N              close N
//   port N                               fd N
//   child N                              a child accepts a connection of N, reads to its end and closes; gives its id
//   serve N COUNT CPU                    accepts COUNT connections of N, and closes each when the other side has
//   threads THREADS COUNT CPU ADDRESS PORT   each makes COUNT connections and closes them; gives the ports, with commas
//
// Answers each line with "#LINE RESULT", where RESULT is what the call returned or the negated errno; it prints its process
// id first.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_SOCKETS 64
#define MOST_THREADS 16
#define MOST_PORTS   4096

union Address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

static int sockets[MOST_SOCKETS];
static char words[6][64];
static char *answer;
static size_t answer_bytes;
static union Address target;
static long count, cpu;
static int ports[MOST_PORTS];

static long Result(long ret) { return ret < 0 ? -errno : ret; }

static int Socket(const char *word) { return sockets[atoi(word) % MOST_SOCKETS]; }

static socklen_t Parse(union Address *address, const char *text, const char *port)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, &address->ipv4.sin_addr) == 1) {
		address->any.sa_family = AF_INET;
		address->ipv4.sin_port = htons(atoi(port));
		return sizeof(address->ipv4);
	}
	if (inet_pton(AF_INET6, text, &address->ipv6.sin6_addr) != 1)
		abort();
	address->any.sa_family = AF_INET6;
	address->ipv6.sin6_port = htons(atoi(port));
	return sizeof(address->ipv6);
}

static long Port(int fd)
{
	union Address address;
	socklen_t bytes = sizeof(address);

	if (getsockname(fd, &address.any, &bytes) != 0)
		return -errno;
	return ntohs(address.ipv4.sin_port);
}

static void Pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		abort();
}

// All of `bytes`, or what there is until the end.
static long Transfer(int fd, long bytes, int sending)
{
	static char buffer[65536];
	long done = 0;

	while (done < bytes) {
		size_t part = bytes - done < (long)sizeof(buffer) ? bytes - done : (long)sizeof(buffer);
		ssize_t now = sending ? send(fd, buffer, part, MSG_NOSIGNAL) : recv(fd, buffer, part, 0);

		if (now < 0)
			return -errno;
		if (now == 0)
			break;
		done += now;
	}
	return done;
}

static long Child(int listener)
{
	pid_t pid = fork();

	if (pid != 0)
		return Result(pid);
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	Transfer(fd, 1L << 40, 0);
	close(fd);
	_exit(0);
}

static long Serve(int listener)
{
	Pin();
	for (long i = 0; i < count; i++) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			return -errno;
		Transfer(fd, 1L << 40, 0);
		close(fd);
	}
	return 0;
}

static void *Thread(void *argument)
{
	long number = (long)argument;

	Pin();
	for (long i = 0; i < count; i++) {
		int fd = socket(AF_INET, SOCK_STREAM, 0);

		if (connect(fd, &target.any, sizeof(target.ipv4)) != 0)
			abort();
		ports[number * count + i] = Port(fd);
		if (Transfer(fd, i + 1, 1) != i + 1)
			abort();
		close(fd);
	}
	return NULL;
}

static void Threads(long threads)
{
	pthread_t ids[MOST_THREADS];
	FILE *out = open_memstream(&answer, &answer_bytes);

	if (threads > MOST_THREADS || threads * count > MOST_PORTS)
		abort();
	for (long i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, Thread, (void *)i) != 0)
			abort();
	for (long i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	for (long i = 0; i < threads * count; i++)
		fprintf(out, i == 0 ? "%d" : ",%d", ports[i]);
	fclose(out);
}

static long Open(void)
{
	int family = words[2][0] == '4' ? AF_INET : words[2][0] == '6' ? AF_INET6 : AF_UNIX;
	int fd = socket(family, strcmp(words[3], "stream") == 0 ? SOCK_STREAM : SOCK_DGRAM, 0);

	sockets[atoi(words[1]) % MOST_SOCKETS] = fd;
	return Result(fd);
}

static long Run(void)
{
	const char *call = words[0];
	const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
	int fd = Socket(words[1]), number = atoi(words[2]);
	union Address address;

	if (strcmp(call, "socket") == 0)
		return Open();
	if (strcmp(call, "bind") == 0) {
		socklen_t bytes = Parse(&address, words[2], words[3]);
		return Result(bind(fd, &address.any, bytes));
	}
	if (strcmp(call, "listen") == 0)
		return Result(listen(fd, number));
	if (strcmp(call, "connect") == 0) {
		socklen_t bytes = Parse(&address, words[2], words[3]);
		return Result(connect(fd, &address.any, bytes));
	}
	if (strcmp(call, "accept") == 0)
		return Result(sockets[number % MOST_SOCKETS] = accept(fd, NULL, NULL));
	if (strcmp(call, "send") == 0 || strcmp(call, "receive") == 0)
		return Transfer(fd, number, call[0] == 's');
	if (strcmp(call, "sendto") == 0) {
		static char buffer[1024];
		socklen_t bytes = Parse(&address, words[2], words[3]);
		return Result(sendto(fd, buffer, atoi(words[4]), 0, &address.any, bytes));
	}
	if (strcmp(call, "nonblock") == 0)
		return Result(fcntl(fd, F_SETFL, O_NONBLOCK));
	if (strcmp(call, "retries") == 0)
		return Result(setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, &number, sizeof(number)));
	if (strcmp(call, "linger") == 0)
		return Result(setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)));
	if (strcmp(call, "close") == 0)
		return Result(close(fd));
	if (strcmp(call, "port") == 0)
		return Port(fd);
	if (strcmp(call, "fd") == 0)
		return fd;
	if (strcmp(call, "child") == 0)
		return Child(fd);
	if (strcmp(call, "serve") == 0) {
		count = number;
		cpu = atoi(words[3]);
		return Serve(fd);
	}
	count = number;
	cpu = atoi(words[3]);
	Parse(&target, words[4], words[5]);
	Threads(atoi(words[1]));
	return 0;
}

int main(void)
{
	char line[512];

	printf("%d\n", getpid());
	fflush(stdout);
	for (long number = 0; fgets(line, sizeof(line), stdin) != NULL; number++) {
		memset(words, 0, sizeof(words));
		sscanf(line, "%63s %63s %63s %63s %63s %63s", words[0], words[1], words[2], words[3], words[4], words[5]);
		long result = Run();
		if (answer != NULL)
			printf("#%ld %s\n", number, answer);
		else
			printf("#%ld %ld\n", number, result);
		free(answer);
		answer = NULL;
		fflush(stdout);
	}
	return 0;
}
