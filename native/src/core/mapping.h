// Owners of a file descriptor and of a memory mapping.
#pragma once

#include <cstddef>

namespace sonde {

class Fd {
public:
	Fd() = default;
	explicit Fd(int fd) : fd_(fd) {}
	~Fd() { Reset(); }
	Fd(Fd &&other) noexcept : fd_(other.Release()) {}
	Fd &operator=(Fd &&other) noexcept;
	Fd(const Fd &) = delete;
	Fd &operator=(const Fd &) = delete;

	int get() const { return fd_; }
	void Reset();

private:
	int Release();

	int fd_ = -1;
};

class Mapping {
public:
	Mapping() = default;
	// Maps `size` bytes of `fd` from `offset`; throws Error(kKernelRefused).
	Mapping(int fd, size_t size, bool writable, size_t offset = 0);
	~Mapping() { Reset(); }
	Mapping(Mapping &&other) noexcept;
	Mapping &operator=(Mapping &&other) noexcept;
	Mapping(const Mapping &) = delete;
	Mapping &operator=(const Mapping &) = delete;

	void *data() const { return data_; }
	void Reset();

private:
	void *data_ = nullptr;
	size_t size_ = 0;
};

// `size` rounded up to whole pages.
size_t PageAlign(size_t size);
size_t PageSize();

}  // namespace sonde
