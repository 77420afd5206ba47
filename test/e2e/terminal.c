// terminal: prints its process id, waits for a line, then starts a bash on a terminal of its own, prints the id of that, and
// types what comes from standard input, an element a line and in hex, each one when bash is ready for it.
#define _GNU_SOURCE
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// The prompt has two lines: what is drawn again while a line is typed is only the last one.
static const char kFirst[] = "ready", kSecond[] = "\n> ";

// Reads what is shown until there is a prompt at its end; 0: the terminal is gone.
static int UntilPrompt(int terminal)
{
	static char shown[1 << 16];
	size_t length = 0;

	for (;;) {
		char *first;
		ssize_t bytes = read(terminal, shown + length, sizeof(shown) - length - 1);

		if (bytes <= 0)
			return 0;
		length += bytes;
		shown[length] = '\0';
		first = strstr(shown, kFirst);
		if (first != NULL && strstr(first, kSecond) != NULL)
			return 1;
		if (first == NULL && length > sizeof(shown) / 2) {
			memmove(shown, shown + length - sizeof(kFirst), sizeof(kFirst));
			length = sizeof(kFirst);
		}
	}
}

// Reads meanwhile what is shown, as nobody can type when the terminal is full.
static void Type(int terminal, const char *hex)
{
	char echo[4096];
	unsigned int byte;

	while (sscanf(hex, "%2x", &byte) == 1) {
		struct pollfd ready = {.fd = terminal, .events = POLLIN | POLLOUT};
		char typed = byte;

		if (poll(&ready, 1, -1) != 1)
			abort();
		if (ready.revents & POLLIN && read(terminal, echo, sizeof(echo)) < 0)
			abort();
		if (ready.revents & POLLOUT) {
			if (write(terminal, &typed, 1) != 1)
				abort();
			hex += 2;
		}
	}
}

int main(void)
{
	static char line[20000];
	int terminal;
	pid_t bash;

	printf("%d\n", getpid());
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return 1;
	bash = forkpty(&terminal, NULL, NULL, NULL);
	if (bash == 0) {
		char *const arguments[] = {"bash", "--norc", "--noprofile", "-i", NULL};
		char *const environment[] = {"TERM=dumb", "PS1=ready\\n> ", "PATH=/usr/bin:/bin", "HISTFILE=", "LC_ALL=C.UTF-8", NULL};

		// Shells that run in the background leave it ignored.
		signal(SIGINT, SIG_DFL);
		execve("/bin/bash", arguments, environment);
		_exit(1);
	}
	printf("%d\n", bash);
	fflush(stdout);
	while (UntilPrompt(terminal) && fgets(line, sizeof(line), stdin) != NULL)
		Type(terminal, line);
	close(terminal);
	return waitpid(bash, NULL, 0) == bash ? 0 : 1;
}
