// Calls functions of libraries for the tests; its process id is how they find its events.
//
//   user-calls lookups                      looks up a list of names, each in another way, and prints what came of them
//   user-calls allocations                  allocates blocks of 2 MiB and other sizes, and prints where they are
//   user-calls blocks THREADS CPU COUNT     THREADS threads, all on CPU, each allocate COUNT blocks of 1 GiB + THREAD * 2^20 + I
//                                           bytes, and small ones in between
//   user-calls names THREADS CPU COUNT      THREADS threads, all on CPU, each look up COUNT long names thread-T-name-I-…
//                                           that no resolver is asked for
//
// All wait for a line on standard input first, after printing their process id.
#define _GNU_SOURCE
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static long count;
static int cpu;

static void LookUp(const char *host, const char *service, const struct addrinfo *hints)
{
	struct addrinfo *list = NULL;

	printf("%d\n", getaddrinfo(host, service, hints, &list));
	if (list != NULL)
		freeaddrinfo(list);
}

static int Lookups(void)
{
	struct addrinfo v6 = {.ai_family = AF_INET6, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST};
	struct hostent host, *found;
	char buffer[8192], large[2000], small[8];
	int error = 0;

	LookUp("localhost", NULL, NULL);
	LookUp("192.0.2.7", "443", NULL);
	LookUp("2001:db8::7", "http", &v6);
	LookUp("not a number", NULL, &v6);
	LookUp(NULL, "80", NULL);
	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	LookUp(large, NULL, &v6);
	LookUp("bad\xff", "b\xfe", &v6);
	printf("%d\n", gethostbyname("192.0.2.8") != NULL);
	printf("%d\n", gethostbyname("localhost") != NULL);
	printf("%d\n", gethostbyname2("localhost", AF_INET6) != NULL);
	gethostbyname_r("192.0.2.9", &host, buffer, sizeof(buffer), &found, &error);
	printf("%d %d\n", found != NULL, error);
	gethostbyname2_r("bad name", AF_INET6, &host, buffer, sizeof(buffer), &found, &error);
	printf("%d %d\n", found != NULL, error);
	gethostbyname_r("192.0.2.9", &host, small, sizeof(small), &found, &error);
	printf("%d %d\n", found != NULL, error);
	return 0;
}

static int Allocations(void)
{
	static void *blocks[8];
	size_t large = 2 << 20;
	void *volatile nothing = NULL;
	volatile size_t half = SIZE_MAX / 2;

	blocks[0] = malloc(large);
	blocks[1] = malloc(large - 1);
	blocks[2] = calloc(4, large / 4);
	blocks[3] = calloc(half, 3);
	blocks[4] = realloc(nothing, large + 1);
	printf("%lu %lu %lu %lu\n", (long)blocks[0], (long)blocks[2], (long)blocks[3], (long)blocks[4]);
	blocks[5] = realloc(blocks[4], large * 2);
	if (posix_memalign(&blocks[6], 4096, large) != 0 || posix_memalign(&blocks[7], 3, large) == 0)
		return 1;
	blocks[7] = aligned_alloc(8192, large);
	printf("%lu %lu %lu\n", (long)blocks[5], (long)blocks[6], (long)blocks[7]);
	for (int i = 0; i < 4; i++)
		free(blocks[i]);
	for (int i = 5; i < 8; i++)
		free(blocks[i]);
	return 0;
}

static void PinToCpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		abort();
}

static void *Names(void *argument)
{
	struct addrinfo hints = {.ai_family = AF_INET, .ai_flags = AI_NUMERICHOST}, *list;
	char name[800], service[64];

	PinToCpu();
	for (long i = 0; i < count; i++) {
		// Long, so that programs that run at once would mix them.
		int length = snprintf(name, sizeof(name), "thread-%ld-name-%ld-", (long)argument, i);
		memset(name + length, 'a' + (int)((long)argument % 26), sizeof(name) - length - 1);
		name[sizeof(name) - 1] = '\0';
		snprintf(service, sizeof(service), "%ld", (long)argument * 1000 + i % 1000);
		if (getaddrinfo(name, service, &hints, &list) != EAI_NONAME)
			abort();
	}
	return NULL;
}

static void *Blocks(void *argument)
{
	PinToCpu();
	for (long i = 0; i < count; i++) {
		void *volatile small = malloc(100), *volatile block = malloc((1L << 30) + ((long)argument << 20) + i);

		free(small);
		free(block);
	}
	return NULL;
}

static int Threads(int threads, void *(*run)(void *))
{
	pthread_t *ids = calloc(threads, sizeof(*ids));

	for (long i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, run, (void *)i) != 0)
			return 1;
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	puts("done");
	return 0;
}

int main(int argc, char **argv)
{
	char line[16];

	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	if (argc == 2 && strcmp(argv[1], "lookups") == 0)
		return Lookups();
	if (argc == 2 && strcmp(argv[1], "allocations") == 0)
		return Allocations();
	if (argc == 5) {
		cpu = atoi(argv[3]);
		count = atol(argv[4]);
		return Threads(atoi(argv[2]), strcmp(argv[1], "names") == 0 ? Names : Blocks);
	}
	fprintf(stderr, "usage: user-calls lookups | allocations | names THREADS CPU COUNT | blocks THREADS CPU COUNT\n");
	return 2;
}
