// Makes system calls on files for the tests; its process id is how they find its events.
//
//   file-calls script                    reads lines "NUMBER ARGUMENT…" from standard input, makes these system calls and
//                                        prints what each returned, or the negated errno. An argument is a number, "x" and
//                                        the hex of a text, "$LINE" for what that line returned, "b" for a buffer, or
//                                        "vSIZE,SIZE…" for a vector of parts of the buffer
//   file-calls threads N CPU COUNT FILE  N threads, all on CPU, each COUNT times: read a byte of FILE at an offset of its
//                                        own (THREAD * COUNT + I), remove the missing /sonde/THREAD/I, and write to a pipe
//
// Both wait for a line on standard input first, after printing their process id. SIGALRM interrupts calls, no more.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define ARGUMENTS 6
#define LINES	  1000
#define PARTS	  2000

static char buffer[8192], texts[ARGUMENTS][10000];
static struct iovec parts[PARTS];
static long results[LINES];
static long count;
static int cpu, file, pipe_ends[2];

static long Text(const char *hex, char *text)
{
	long start = (long)text;
	unsigned int byte;

	while (sscanf(hex, "%2x", &byte) == 1) {
		*text++ = byte;
		hex += 2;
	}
	*text = '\0';
	return start;
}

static long Vector(const char *sizes)
{
	for (int i = 0; i < PARTS && *sizes != '\0'; i++) {
		parts[i].iov_base = buffer;
		parts[i].iov_len = strtol(sizes, (char **)&sizes, 10);
		sizes += *sizes == ',';
	}
	return (long)parts;
}

static long Argument(char *word, char *text)
{
	switch (*word) {
	case 'x':
		return Text(word + 1, text);
	case 'v':
		return Vector(word + 1);
	case 'b':
		return (long)buffer;
	case '$':
		return results[atoi(word + 1)];
	default:
		return strtol(word, NULL, 10);
	}
}

static int Script(void)
{
	static char line[65536];

	for (int i = 0; i < LINES && fgets(line, sizeof(line), stdin) != NULL; i++) {
		long number = atol(strtok(line, " \n")), arguments[ARGUMENTS] = {0};

		for (int j = 0; j < ARGUMENTS; j++) {
			char *word = strtok(NULL, " \n");

			if (word == NULL)
				break;
			arguments[j] = Argument(word, texts[j]);
		}
		long result = syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
				      arguments[4], arguments[5]);
		results[i] = result < 0 ? -errno : result;
		printf("%ld\n", results[i]);
	}
	return 0;
}

static void *Thread(void *argument)
{
	long number = (long)argument;
	cpu_set_t set;
	char path[64], byte;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		abort();
	for (long i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/sonde/%ld/%ld", number, i);
		if (pread(file, &byte, 1, number * count + i) < 0 || unlink(path) != -1 ||
		    write(pipe_ends[1], "x", 1) != 1 || read(pipe_ends[0], &byte, 1) != 1)
			abort();
	}
	return NULL;
}

static int Threads(int threads)
{
	pthread_t *ids = calloc(threads, sizeof(*ids));

	if (file < 0 || pipe(pipe_ends) != 0)
		return 1;
	for (long i = 0; i < threads; i++)
		if (pthread_create(&ids[i], NULL, Thread, (void *)i) != 0)
			return 1;
	for (int i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	puts("done");
	return 0;
}

static void Nothing(int signal) { (void)signal; }

int main(int argc, char **argv)
{
	struct sigaction interrupt = {.sa_handler = Nothing};
	char line[16];

	sigaction(SIGALRM, &interrupt, NULL);
	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	if (argc == 2 && strcmp(argv[1], "script") == 0)
		return Script();
	if (argc == 6 && strcmp(argv[1], "threads") == 0) {
		cpu = atoi(argv[3]);
		count = atol(argv[4]);
		file = open(argv[5], O_RDONLY);
		return Threads(atoi(argv[2]));
	}
	fprintf(stderr, "usage: file-calls script | file-calls threads N CPU COUNT FILE\n");
	return 2;
}
