// Any file where a library is expected.
#include "core/user_function.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#include "fuzz/input.h"

namespace {

// In memory, and gone with the process.
int OpenFile()
{
	char path[] = "/dev/shm/sonde-fuzz-XXXXXX";
	int fd = mkstemp(path);

	unlink(path);
	return fd;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	using namespace sonde;
	static const int fd = OpenFile();

	Require(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == static_cast<ssize_t>(size));
	UserFunction found = FindUserFunction("/proc/self/fd/" + std::to_string(fd) + ":puts");
	Require(!found.file.empty());
	return 0;
}
