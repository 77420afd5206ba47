#include "cgroup_parents.h"

#include <dirent.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "error.h"

namespace sonde {

namespace {

// Adds the groups in one, and gives their directories.
std::vector<std::string> ReadGroup(const std::string &directory, Parents *parents)
{
	std::unique_ptr<DIR, int (*)(DIR *)> open(opendir(directory.c_str()), closedir);
	std::vector<std::string> inner;
	struct stat group{};

	if ((!open || fstat(dirfd(open.get()), &group) != 0) && errno != ENOENT && errno != ENODEV)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot look for groups in " + directory, errno));
	if (!open)
		return inner;
	errno = 0;
	while (dirent *entry = readdir(open.get())) {
		if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		// The inode number is the id of the group (kernfs, 64-bit).
		(*parents)[entry->d_ino] = group.st_ino;
		inner.push_back(directory + "/" + entry->d_name);
		errno = 0;
	}
	if (errno != 0 && errno != ENOENT)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot look for groups in " + directory, errno));
	return inner;
}

}  // namespace

Parents ReadCgroupParents(const std::string &directory)
{
	std::vector<std::string> left = {directory};
	Parents parents;

	while (!left.empty()) {
		std::string next = left.back();

		left.pop_back();
		for (std::string &inner : ReadGroup(next, &parents))
			left.push_back(std::move(inner));
	}
	return parents;
}

}  // namespace sonde
