#include "ring.h"

#include <bpf/bpf.h>

#include <cerrno>
#include <string>

#include "error.h"

namespace sonde {

Ring::Ring(uint32_t bytes) : fd_(bpf_map_create(BPF_MAP_TYPE_RINGBUF, "sonde_ring", 0, 0, bytes, nullptr)), bytes_(bytes)
{
	if (fd_.get() < 0)
		throw Error(ErrorCode::kKernelRefused,
			    ErrnoMessage("cannot create a ring buffer of " + std::to_string(bytes) + " bytes", errno));
	consumer_page_ = Mapping(fd_.get(), PageSize(), true);
	producer_pages_ = Mapping(fd_.get(), PageSize() + 2 * static_cast<size_t>(bytes), false, PageSize());
}

uint64_t Ring::ProducerPosition() const
{
	return __atomic_load_n(static_cast<const uint64_t *>(producer_pages_.data()), __ATOMIC_ACQUIRE);
}

void Ring::Publish(uint64_t position)
{
	__atomic_store_n(static_cast<uint64_t *>(consumer_page_.data()), position, __ATOMIC_RELEASE);
}

}  // namespace sonde
