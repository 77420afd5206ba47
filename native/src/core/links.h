// What attaches the programs of one probe to the kernel, and the hits that got lost there.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

#include <bpf/libbpf.h>

namespace sonde {

class Links {
public:
	// Functions in user space by links of uprobe-multi, if `uprobe_multi`, else by perf events. Throws Error(kAttachFailed).
	void Attach(const bpf_program *program, bool uprobe_multi);
	// May be called twice. Takes a while: some attach points tens of milliseconds.
	void Detach();
	// Hits that links, also those that are gone, skipped before a program was reached. Any thread.
	uint64_t Misses() const;

private:
	struct Close {
		void operator()(bpf_link *link) const { bpf_link__destroy(link); }
	};
	// Of a link that libbpf does not know.
	class Descriptor {
	public:
		explicit Descriptor(int fd) : fd_(fd) {}
		~Descriptor();
		Descriptor(const Descriptor &) = delete;
		Descriptor &operator=(const Descriptor &) = delete;

	private:
		int fd_;
	};

	mutable std::mutex mutex_;  // misses are read by another thread than the one that detaches
	std::vector<std::unique_ptr<bpf_link, Close>> links_;
	std::list<Descriptor> user_links_;
	uint64_t misses_of_old_links_ = 0;
};

}  // namespace sonde
