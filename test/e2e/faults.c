// Touches pages of a file that are not in memory; its process id is how the tests find its events.
//
//   faults FILE    waits for a line on standard input after printing its process id, then reads a page of the file, writes
//                  one, has the kernel read one for write(2), and runs one, CODE_PAGE, that begins with the code of a function
//                  that returns; prints the address of each. Then the same from several threads on one CPU, each of which reads
//                  PAGES pages of its own, whose addresses it prints.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES 4096
#define THREADS	   4
#define PAGES	   25
// Those that one thread touches alone.
#define FIRST_PAGES 3
// Away from the others: what is to be run is read ahead in any case.
#define CODE_PAGE 512

static char *mapped;

static void *TouchOwnPages(void *argument)
{
	long thread = (long)argument;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		abort();
	for (long i = 0; i < PAGES; i++) {
		volatile char *page = mapped + (FIRST_PAGES + thread * PAGES + i) * PAGE_BYTES;

		(void)*page;
	}
	return NULL;
}

int main(int argc, char **argv)
{
	size_t bytes = (FIRST_PAGES + THREADS * PAGES) * PAGE_BYTES;
	pthread_t threads[THREADS];
	int pipe_ends[2];
	char line[16];
	int file;
	char *code;

	if (argc != 2 || (file = open(argv[1], O_RDWR)) < 0 || pipe(pipe_ends) != 0)
		return 2;
	mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	code = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_EXEC, MAP_SHARED, file, CODE_PAGE * PAGE_BYTES);
	// One fault brings one page, and no page is here yet.
	if (mapped == MAP_FAILED || code == MAP_FAILED || madvise(mapped, bytes, MADV_RANDOM) != 0 || fsync(file) != 0 ||
	    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0)
		return 2;
	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	(void)*(volatile char *)(mapped + 8);
	*(volatile char *)(mapped + PAGE_BYTES + 16) = 1;
	if (write(pipe_ends[1], mapped + 2 * PAGE_BYTES + 24, 1) != 1)
		return 1;
	((void (*)(void))code)();
	for (int i = 0; i < FIRST_PAGES; i++)
		printf("%lu\n", (unsigned long)mapped + i * PAGE_BYTES + 8 * (i + 1));
	printf("%lu\n", (unsigned long)code);
	for (long i = 0; i < THREADS; i++)
		if (pthread_create(&threads[i], NULL, TouchOwnPages, (void *)i) != 0)
			return 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (long i = 0; i < THREADS * PAGES; i++)
		printf("%lu\n", (unsigned long)mapped + (FIRST_PAGES + i) * PAGE_BYTES);
	return 0;
}
