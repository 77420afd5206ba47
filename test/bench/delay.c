/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A cable with a delay, for kernels without netem: makes the network device "sonde0" in each of two
 * network namespaces and carries every packet from one to the other, so many milliseconds later.
 * What it carries are IP packets, so both ends run the kernel's own TCP over it. Prints "ready" when
 * both devices exist; they vanish with it.
 */
#include "common.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#define DEVICE_NAME      "sonde0"
#define MOST_PACKET      65536
#define MOST_ON_THE_WAY  8192 /* each way; what comes then is dropped, as by a full switch */
#define MOST_DELAY_MS    10000
#define NS_PER_MS        1000000ULL
#define TIMER_SLACK_NS   1

struct packet {
	uint64_t due_ns;
	size_t size;
	char *bytes;
};

/* One direction: a queue in order of time, because the delay is the same for all. */
struct line {
	int from;
	int to;
	uint64_t first, next; /* counted from the start; their slots modulo MOST_ON_THE_WAY */
	struct packet packets[MOST_ON_THE_WAY];
};

static struct line there, back;
static uint64_t delay_ns;

static int open_device(const char *pid)
{
	struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI, .ifr_name = DEVICE_NAME};
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%llu/ns/net",
		 (unsigned long long)parse_number("PID", pid, 1, INT32_MAX));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "cannot enter %s", path);
	close(fd);
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		err(1, "cannot make a tun device");
	return fd;
}

/* Takes at most one packet; gives whether there was one. */
static bool take(struct line *line)
{
	static char bytes[MOST_PACKET];
	struct packet *packet = &line->packets[line->next % MOST_ON_THE_WAY];
	ssize_t size = read(line->from, bytes, sizeof(bytes));

	/* EIO: the device is down, as it is until somebody gives it an address. */
	if (size < 0 && errno != EAGAIN && errno != EIO && errno != EINTR)
		err(1, "cannot read from a device");
	if (size <= 0)
		return false;
	if (line->next - line->first == MOST_ON_THE_WAY)
		return true;
	packet->bytes = malloc(size);
	if (!packet->bytes)
		err(1, "no memory for a packet");
	memcpy(packet->bytes, bytes, size);
	packet->size = size;
	packet->due_ns = clock_ns(CLOCK_MONOTONIC) + delay_ns;
	line->next++;
	return true;
}

static void deliver(struct line *line, uint64_t now_ns)
{
	while (line->first < line->next) {
		struct packet *packet = &line->packets[line->first % MOST_ON_THE_WAY];

		if (packet->due_ns > now_ns)
			return;
		/* A device that is down or full loses packets; TCP sends them again. */
		if (write(line->to, packet->bytes, packet->size) < 0 && errno != EAGAIN &&
		    errno != EIO && errno != ENOBUFS && errno != EINVAL)
			err(1, "cannot write to a device");
		free(packet->bytes);
		line->first++;
	}
}

static uint64_t next_due_ns(const struct line *line)
{
	return line->first < line->next ? line->packets[line->first % MOST_ON_THE_WAY].due_ns
					: UINT64_MAX;
}

static void wait_for_work(void)
{
	uint64_t due_ns = next_due_ns(&there), now_ns = clock_ns(CLOCK_MONOTONIC);
	struct pollfd ends[] = {{.fd = there.from, .events = POLLIN},
				{.fd = back.from, .events = POLLIN}};
	struct timespec left = {0};

	if (next_due_ns(&back) < due_ns)
		due_ns = next_due_ns(&back);
	if (due_ns > now_ns && due_ns != UINT64_MAX) {
		left.tv_sec = (time_t)((due_ns - now_ns) / NS_PER_S);
		left.tv_nsec = (long)((due_ns - now_ns) % NS_PER_S);
	}
	if (ppoll(ends, 2, due_ns == UINT64_MAX ? NULL : &left, NULL) < 0 && errno != EINTR)
		err(1, "cannot wait for packets");
}

int main(int argc, char **argv)
{
	/* netem works in interrupts, before any process: so does this. */
	const struct sched_param priority = {.sched_priority = 1};

	if (argc != 5)
		errx(2, "usage: delay CPU PID PID MILLISECONDS");
	delay_ns = parse_number("MILLISECONDS", argv[4], 1, MOST_DELAY_MS) * NS_PER_MS;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	pin_to_cpu(argv[1]);
	if (sched_setscheduler(0, SCHED_FIFO, &priority))
		err(1, "cannot have a real-time priority");
	there.from = back.to = open_device(argv[2]);
	there.to = back.from = open_device(argv[3]);
	puts("ready");
	fflush(stdout);

	for (;;) {
		bool busy;

		do {
			busy = take(&there) | take(&back);
			deliver(&there, clock_ns(CLOCK_MONOTONIC));
			deliver(&back, clock_ns(CLOCK_MONOTONIC));
		} while (busy);
		wait_for_work();
	}
}
