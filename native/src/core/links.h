// What attaches the programs of one probe to the kernel, and the hits that got lost there.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include <bpf/libbpf.h>

namespace sonde {

class Links {
public:
	// Throws Error(kAttachFailed).
	void Attach(const bpf_program *program);
	// May be called twice. Takes a while: some attach points tens of milliseconds.
	void Detach();
	// Hits that links, also those that are gone, skipped before a program was reached. Any thread.
	uint64_t Misses() const;

private:
	struct Close {
		void operator()(bpf_link *link) const { bpf_link__destroy(link); }
	};

	mutable std::mutex mutex_;  // misses are read by another thread than the one that detaches
	std::vector<std::unique_ptr<bpf_link, Close>> links_;
	uint64_t misses_of_old_links_ = 0;
};

}  // namespace sonde
