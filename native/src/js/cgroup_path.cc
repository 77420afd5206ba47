#include "cgroup_path.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>

#include "core/error.h"
#include "error_to_js.h"

namespace sonde {

namespace {

// FILEID_KERNFS in include/linux/exportfs.h: since 5.5 the handle of a kernfs file is its id.
constexpr int kKernfsHandle = 0xfe;

struct Descriptor {
	explicit Descriptor(int fd) : fd(fd) {}
	Descriptor(const Descriptor &) = delete;
	~Descriptor()
	{
		if (fd >= 0)
			close(fd);
	}
	int fd;
};

// Empty: there is none any more.
std::string PathOf(const std::string &root, uint64_t id)
{
	alignas(file_handle) std::array<char, sizeof(file_handle) + sizeof(id)> bytes{};
	auto *handle = reinterpret_cast<file_handle *>(bytes.data());
	std::array<char, PATH_MAX> path{};

	handle->handle_bytes = sizeof(id);
	handle->handle_type = kKernfsHandle;
	memcpy(handle->f_handle, &id, sizeof(id));
	Descriptor mount(open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	Descriptor group(mount.fd < 0 ? -1 : open_by_handle_at(mount.fd, handle, O_PATH | O_CLOEXEC));
	if (group.fd < 0 && errno == ESTALE)
		return "";
	if (group.fd < 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot look up a cgroup", errno));
	std::string link = "/proc/self/fd/" + std::to_string(group.fd);
	ssize_t length = readlink(link.c_str(), path.data(), path.size());
	if (length < 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot read the path of a cgroup", errno));
	return std::string(path.data(), static_cast<size_t>(length));
}

}  // namespace

Napi::Value CgroupPath(const Napi::CallbackInfo &info)
{
	try {
		bool lossless;

		if (info.Length() != 2 || !info[0].IsString() || !info[1].IsBigInt())
			throw Error(ErrorCode::kInvalidArgument, "cgroupPath takes a path and a bigint");
		return Napi::String::New(info.Env(), PathOf(info[0].ToString(),
							    info[1].As<Napi::BigInt>().Uint64Value(&lossless)));
	} catch (const Error &error) {
		throw ToJs(info.Env(), error);
	}
}

}  // namespace sonde
