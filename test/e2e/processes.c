// Starts processes from several threads for the tests; its process id is how they find its events.
//
//   processes N CPU COUNT      N threads, all on CPU unless it is -1, each COUNT times: fork a child, which fails to start
//                              /sonde/THREAD/I, starts this program as "exit STATUS" and so ends; wait for it
//   processes exit STATUS      ends at once
//   processes signal SIGNAL    ends by this signal
//   processes last-thread N    N threads end at the same moment, the main one before them
//
// The first one waits for a line on standard input, after printing its process id, and prints the ids of its children.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_THREADS 64

static long count;
static int cpu;
static atomic_int waiting;

static void Pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (cpu >= 0 && sched_setaffinity(0, sizeof(set), &set) != 0)
		abort();
}

static void *StartAll(void *argument)
{
	long thread = (long)argument;

	Pin();
	for (long i = 0; i < count; i++) {
		char missing[64], status[16];
		char *const wrong[] = {missing, NULL}, *const right[] = {"processes", "exit", status, NULL};
		pid_t child;

		snprintf(missing, sizeof(missing), "/sonde/%ld/%ld", thread, i);
		snprintf(status, sizeof(status), "%ld", i % 256);
		child = fork();
		if (child == 0) {
			execv(missing, wrong);
			execv("/proc/self/exe", right);
			_exit(255);
		}
		if (child < 0 || waitpid(child, NULL, 0) != child)
			abort();
		printf("%d\n", child);
	}
	return NULL;
}

static void *EndTogether(void *threads)
{
	atomic_fetch_add(&waiting, 1);
	while (atomic_load(&waiting) < (long)threads)
		;
	return NULL;
}

static int Threads(long threads)
{
	pthread_t ids[MOST_THREADS];
	char line[8];

	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	for (long i = 0; i < threads; i++)
		pthread_create(&ids[i], NULL, StartAll, (void *)i);
	for (long i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "exit") == 0)
		_exit(atoi(argv[2]));
	if (argc == 3 && strcmp(argv[1], "signal") == 0) {
		raise(atoi(argv[2]));
		return 1;
	}
	if (argc == 3 && strcmp(argv[1], "last-thread") == 0) {
		long threads = atol(argv[2]);

		for (long i = 0; i < threads; i++) {
			pthread_t id;

			pthread_create(&id, NULL, EndTogether, (void *)threads);
		}
		pthread_exit(NULL);
	}
	if (argc != 4 || atol(argv[1]) > MOST_THREADS)
		return 2;
	cpu = atoi(argv[2]);
	count = atol(argv[3]);
	return Threads(atol(argv[1]));
}
