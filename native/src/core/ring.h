// One BPF ring buffer and its consumer. Not libbpf's ring_buffer: that one cannot stop before a record, and it publishes
// its position after every record, which the producers' CPUs then fetch each time.
#pragma once

#include <linux/bpf.h>

#include <cstddef>
#include <cstdint>

#include "mapping.h"

namespace sonde {

class Ring {
public:
	// `bytes` is a power of two and a multiple of the page size; throws Error(kKernelRefused).
	explicit Ring(uint32_t bytes);

	int fd() const { return fd_.get(); }
	uint32_t bytes() const { return bytes_; }

	// Calls take(record, length) for every record that is there now, oldest first, until it returns false; that record
	// stays. Gives whether everything was taken. Reader thread only.
	template <typename Take> bool Consume(Take &&take);

private:
	static constexpr uint64_t kPublishBytes = 16384;

	uint64_t ProducerPosition() const;
	void Publish(uint64_t position);

	Fd fd_;
	uint32_t bytes_;
	Mapping consumer_page_;
	Mapping producer_pages_;  // position, then the data twice in a row
};

template <typename Take> bool Ring::Consume(Take &&take)
{
	const uint8_t *data = static_cast<const uint8_t *>(producer_pages_.data()) + PageSize();
	uint64_t position = *static_cast<const uint64_t *>(consumer_page_.data());
	uint64_t published = position, end = ProducerPosition();
	bool all = true;

	while (position < end) {
		const uint8_t *header = data + (position & (bytes_ - 1));
		uint32_t length = __atomic_load_n(reinterpret_cast<const uint32_t *>(header), __ATOMIC_ACQUIRE);

		// Reserved, not yet submitted: what comes behind waits too.
		if (length & BPF_RINGBUF_BUSY_BIT) {
			all = false;
			break;
		}
		if (!(length & BPF_RINGBUF_DISCARD_BIT) && !take(header + BPF_RINGBUF_HDR_SZ, length)) {
			all = false;
			break;
		}
		length &= ~BPF_RINGBUF_DISCARD_BIT;
		position += (length + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8;
		if (position - published >= kPublishBytes) {
			Publish(position);
			published = position;
		}
	}
	if (position != published)
		Publish(position);
	return all;
}

}  // namespace sonde
