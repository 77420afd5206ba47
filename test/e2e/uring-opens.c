// Opens files through io_uring; its process id is how the tests find its events. Both forms wait for a line on standard input
// after printing it.
//
//   uring-opens each FILE           opens it in every way that the tests know (probe-file-open-uring.test.ts), one after the
//                                   other, and prints each result
//   uring-opens threads N COUNT     N threads on one CPU, each with a ring of its own, ask for the missing /sonde/THREAD/I,
//                                   COUNT times, in lots of 32
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES	   32
#define PATH_BYTES 64

struct ring {
	int fd;
	unsigned int *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

static long count;

static void *Map(int fd, size_t bytes, off_t what)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, what);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

// False: this kernel, or its operator, allows none.
static int MakeRing(struct ring *ring)
{
	struct io_uring_params params = {0};
	char *sq, *cq;

	ring->fd = syscall(SYS_io_uring_setup, ENTRIES, &params);
	if (ring->fd < 0)
		return 0;
	sq = Map(ring->fd, params.sq_off.array + params.sq_entries * sizeof(unsigned int), IORING_OFF_SQ_RING);
	cq = Map(ring->fd, params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	ring->sqes = Map(ring->fd, params.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	ring->sq_tail = (unsigned int *)(sq + params.sq_off.tail);
	ring->sq_mask = (unsigned int *)(sq + params.sq_off.ring_mask);
	ring->sq_array = (unsigned int *)(sq + params.sq_off.array);
	ring->cq_head = (unsigned int *)(cq + params.cq_off.head);
	ring->cq_tail = (unsigned int *)(cq + params.cq_off.tail);
	ring->cq_mask = (unsigned int *)(cq + params.cq_off.ring_mask);
	ring->cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	return 1;
}

static void Ask(struct ring *ring, const struct io_uring_sqe *asked)
{
	unsigned int tail = *ring->sq_tail, index = tail & *ring->sq_mask;

	ring->sqes[index] = *asked;
	ring->sq_array[index] = index;
	__atomic_store_n(ring->sq_tail, tail + 1, __ATOMIC_RELEASE);
}

// Of the last one, when all have ended.
static int Submit(struct ring *ring, unsigned int requests)
{
	int result = 0;

	if (syscall(SYS_io_uring_enter, ring->fd, requests, requests, IORING_ENTER_GETEVENTS, NULL, 0) != requests)
		abort();
	while (*ring->cq_head != __atomic_load_n(ring->cq_tail, __ATOMIC_ACQUIRE)) {
		result = ring->cqes[*ring->cq_head & *ring->cq_mask].res;
		__atomic_store_n(ring->cq_head, *ring->cq_head + 1, __ATOMIC_RELEASE);
	}
	return result;
}

static struct io_uring_sqe OpenAt(int directory, const char *path, int flags, int mode)
{
	struct io_uring_sqe asked = {.opcode = IORING_OP_OPENAT, .fd = directory, .addr = (unsigned long)path};

	asked.open_flags = flags;
	asked.len = mode;
	return asked;
}

static int Each(char *file)
{
	static char longer[5000], name[4096], directory[4096];
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
	struct io_uring_sqe asked[9];
	int none[2] = {-1, -1}, at;
	struct ring ring;

	strcpy(name, file);
	strcpy(directory, file);
	at = open(dirname(directory), O_RDONLY | O_DIRECTORY);
	memset(longer, 'z', sizeof(longer) - 1);
	longer[0] = '/';
	if (!MakeRing(&ring) || syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, none, 2) != 0)
		return 3;
	asked[0] = OpenAt(AT_FDCWD, file, O_RDONLY, 0);
	asked[1] = OpenAt(AT_FDCWD, "/sonde/missing", O_RDWR | O_CREAT, 0640);
	asked[2] = OpenAt(at, basename(name), O_RDONLY | O_CLOEXEC, 0);
	asked[3] = OpenAt(AT_FDCWD, file, O_RDONLY, 0);
	asked[3].flags = IOSQE_ASYNC;
	asked[4] = OpenAt(AT_FDCWD, file, 0, sizeof(how));
	asked[4].opcode = IORING_OP_OPENAT2;
	asked[4].off = (unsigned long)&how;
	asked[5] = OpenAt(AT_FDCWD, NULL, O_WRONLY, 0);
	asked[6] = OpenAt(AT_FDCWD, longer, O_RDONLY, 0);
	asked[7] = OpenAt(AT_FDCWD, "/sonde/\xff", O_RDONLY, 0);
	asked[8] = OpenAt(AT_FDCWD, file, O_RDONLY, 0);
	asked[8].file_index = 2;
	printf("%d\n", at);
	for (int i = 0; i < 9; i++) {
		Ask(&ring, &asked[i]);
		printf("%d\n", Submit(&ring, 1));
	}
	return 0;
}

static void *Thread(void *argument)
{
	static __thread char paths[ENTRIES][PATH_BYTES];
	struct ring ring;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0 || !MakeRing(&ring))
		abort();
	for (long i = 0; i < count; i++) {
		struct io_uring_sqe asked = OpenAt(AT_FDCWD, paths[i % ENTRIES], O_RDONLY, 0);

		snprintf(paths[i % ENTRIES], PATH_BYTES, "/sonde/%ld/%ld", (long)argument, i);
		Ask(&ring, &asked);
		if ((i + 1) % ENTRIES == 0 || i + 1 == count)
			Submit(&ring, i % ENTRIES + 1);
	}
	return NULL;
}

static int Threads(int threads)
{
	pthread_t *ids = calloc(threads, sizeof(*ids));

	for (long i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, Thread, (void *)i) != 0)
			return 1;
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	return 0;
}

int main(int argc, char **argv)
{
	struct ring ring;
	char line[16];

	if (!MakeRing(&ring)) {
		printf("none: %s\n", strerror(errno));
		return 0;
	}
	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	if (argc == 3 && strcmp(argv[1], "each") == 0)
		return Each(argv[2]);
	if (argc == 4 && strcmp(argv[1], "threads") == 0) {
		count = atol(argv[3]);
		return Threads(atoi(argv[2]));
	}
	fprintf(stderr, "usage: uring-opens each FILE | uring-opens threads N COUNT\n");
	return 2;
}
