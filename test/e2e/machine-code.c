// machine-code ID...: prints, of each BPF program, its machine code in hex; an empty line where the kernel does not show it.
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long Bpf(int command, union bpf_attr *attributes) { return syscall(SYS_bpf, command, attributes, sizeof(*attributes)); }

static int Print(unsigned int id)
{
	static unsigned char code[1 << 20];
	struct bpf_prog_info info = {.jited_prog_len = sizeof(code), .jited_prog_insns = (unsigned long)code};
	union bpf_attr attributes;
	long fd;

	memset(&attributes, 0, sizeof(attributes));
	attributes.prog_id = id;
	fd = Bpf(BPF_PROG_GET_FD_BY_ID, &attributes);
	if (fd < 0)
		return 1;
	memset(&attributes, 0, sizeof(attributes));
	attributes.info.bpf_fd = fd;
	attributes.info.info_len = sizeof(info);
	attributes.info.info = (unsigned long)&info;
	if (Bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes) != 0)
		return 1;
	for (unsigned int i = 0; info.jited_prog_insns != 0 && i < info.jited_prog_len; i++)
		printf("%02x", code[i]);
	putchar('\n');
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (Print(atoi(argv[i])) != 0)
			return 1;
	return 0;
}
