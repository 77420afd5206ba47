#include "process_parents.h"

#include <dirent.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "error.h"

namespace sonde {

namespace {

// From /proc/PID/stat: the name in brackets may hold anything, so that what follows is looked for from the end.
uint32_t ParentOf(const std::string &pid)
{
	std::ifstream file("/proc/" + pid + "/stat");
	std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
	size_t bracket = text.rfind(')');
	unsigned parent = 0;

	return bracket != std::string::npos && sscanf(text.c_str() + bracket, ") %*c %u", &parent) == 1 ? parent : 0;
}

}  // namespace

Parents ReadProcessParents()
{
	std::unique_ptr<DIR, int (*)(DIR *)> directory(opendir("/proc"), closedir);
	Parents parents;

	if (!directory)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot look for processes in /proc", errno));
	while (dirent *entry = readdir(directory.get())) {
		char *end;
		unsigned long pid = strtoul(entry->d_name, &end, 10);

		if (pid == 0 || *end != '\0')
			continue;
		uint32_t parent = ParentOf(entry->d_name);
		if (parent != 0)
			parents[pid] = parent;
	}
	return parents;
}

}  // namespace sonde
