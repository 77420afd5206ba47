#include "reader.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "clock.h"
#include "error.h"

namespace sonde {

namespace {

constexpr uint64_t kNsPerMs = 1000000;

void Watch(int epoll, int fd, uint32_t events)
{
	epoll_event event{};

	event.events = events;
	event.data.fd = fd;
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot watch a ring buffer", errno));
}

// Rounded up, so that what is waited for has come; at most a minute.
int TimeoutMs(uint64_t now_ns, uint64_t next_ns)
{
	if (next_ns == Capture::kNever)
		return -1;
	return next_ns <= now_ns ? 0
				 : static_cast<int>(std::min((next_ns - now_ns + kNsPerMs - 1) / kNsPerMs, uint64_t{60000}));
}

}  // namespace

Reader::Reader() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
	if (epoll_.get() < 0 || wake_.get() < 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot set up the reader thread", errno));
	Watch(epoll_.get(), wake_.get(), EPOLLIN);
	thread_ = std::thread([this] { Run(); });
	pthread_setname_np(thread_.native_handle(), "sonde-reader");
}

void Reader::Stop()
{
	{
		std::lock_guard<std::mutex> lock(mutex_);
		stop_ = true;
	}
	Wake();
	if (thread_.joinable())
		thread_.join();
}

void Reader::Add(Capture *capture)
{
	std::lock_guard<std::mutex> lock(mutex_);

	// Edge-triggered: a ring calls when it gets half full, and not again and again while it is.
	for (int fd : capture->RingFds())
		Watch(epoll_.get(), fd, EPOLLIN | EPOLLET);
	entries_.push_back({capture, 0, 0});
	Wake();
}

void Reader::Remove(Capture *capture)
{
	std::lock_guard<std::mutex> lock(mutex_);
	auto found = std::find_if(entries_.begin(), entries_.end(),
				  [&](const Entry &entry) { return entry.capture == capture; });

	if (found == entries_.end())
		return;
	for (int fd : capture->RingFds())
		epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
	entries_.erase(found);
}

void Reader::Wake()
{
	uint64_t one = 1;

	// Fails only if the counter is full, and then the thread wakes anyway.
	[[maybe_unused]] ssize_t written = write(wake_.get(), &one, sizeof(one));
}

uint64_t Reader::TickAll(bool called)
{
	uint64_t next = Capture::kNever;

	for (Entry &entry : entries_) {
		uint64_t now = MonotonicNs();

		// Somebody called: a ring is filling up, or the list has changed. A look at the others costs little.
		entry.took_ns = 0;
		if (called || entry.next_ns <= now) {
			entry.next_ns = entry.capture->Tick(now);
			entry.took_ns = MonotonicNs() - now;
		}
		next = std::min(next, entry.next_ns);
	}
	ShareCpu();
	return next;
}

// One look at the thread's CPU time for a round, since it costs as much as looking at an empty ring; among the captures it
// is shared by the other clock, which others of the machine disturb, but no capture more than another.
void Reader::ShareCpu()
{
	uint64_t took_ns = 0;

	for (const Entry &entry : entries_)
		took_ns += entry.took_ns;
	if (took_ns == 0)
		return;
	uint64_t now_ns = ThreadCpuNs();
	auto spent_ns = static_cast<double>(now_ns - cpu_ns_);
	cpu_ns_ = now_ns;
	for (const Entry &entry : entries_)
		entry.capture->AddReaderCpu(
		    static_cast<uint64_t>(spent_ns * static_cast<double>(entry.took_ns) / static_cast<double>(took_ns)));
}

void Reader::Run()
{
	bool called = true;

	for (;;) {
		uint64_t next;
		{
			std::lock_guard<std::mutex> lock(mutex_);
			if (stop_)
				return;
			next = TickAll(called);
		}
		epoll_event events[16];
		int count = epoll_wait(epoll_.get(), events, 16, TimeoutMs(MonotonicNs(), next));
		called = count > 0;
		for (int i = 0; i < count; i++) {
			uint64_t ignored;

			if (events[i].data.fd == wake_.get()) {
				[[maybe_unused]] ssize_t got = read(wake_.get(), &ignored, sizeof(ignored));
			}
		}
	}
}

}  // namespace sonde
