#include "mapping.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "error.h"

namespace sonde {

Fd &Fd::operator=(Fd &&other) noexcept
{
	if (this != &other) {
		Reset();
		fd_ = other.Release();
	}
	return *this;
}

void Fd::Reset()
{
	if (fd_ >= 0)
		close(fd_);
	fd_ = -1;
}

int Fd::Release() { return std::exchange(fd_, -1); }

Mapping::Mapping(int fd, size_t size, bool writable, size_t offset) : size_(size)
{
	data_ = mmap(nullptr, size, PROT_READ | (writable ? PROT_WRITE : 0), MAP_SHARED, fd,
		     static_cast<off_t>(offset));
	if (data_ == MAP_FAILED) {
		data_ = nullptr;
		throw Error(ErrorCode::kKernelRefused,
			    ErrnoMessage("cannot map " + std::to_string(size) + " bytes of a BPF map", errno));
	}
}

Mapping::Mapping(Mapping &&other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0))
{
}

Mapping &Mapping::operator=(Mapping &&other) noexcept
{
	if (this != &other) {
		Reset();
		data_ = std::exchange(other.data_, nullptr);
		size_ = std::exchange(other.size_, 0);
	}
	return *this;
}

void Mapping::Reset()
{
	if (data_ != nullptr)
		munmap(data_, size_);
	data_ = nullptr;
}

size_t PageSize() { return static_cast<size_t>(sysconf(_SC_PAGESIZE)); }

size_t PageAlign(size_t size)
{
	size_t page = PageSize();

	return (size + page - 1) / page * page;
}

}  // namespace sonde
