// The one thread that drains the rings of all traces.
#pragma once

#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "capture.h"
#include "mapping.h"

namespace sonde {

class Reader {
public:
	// Starts the thread. Throws Error(kKernelRefused).
	Reader();
	~Reader() { Stop(); }
	Reader(const Reader &) = delete;
	Reader &operator=(const Reader &) = delete;

	void Add(Capture *capture);
	// Ends the thread; captures that are still there are left as they are. May be called twice.
	void Stop();
	// When this returns the thread does not touch the capture any more. Unknown captures are ignored.
	void Remove(Capture *capture);

private:
	struct Entry {
		Capture *capture;
		uint64_t next_ns;
		uint64_t took_ns;  // in this round
	};

	void Run();
	// Gives when the next capture wants to be looked at.
	uint64_t TickAll(bool called);
	// Charges the round to the captures that were looked at.
	void ShareCpu();
	void Wake();

	Fd epoll_;
	Fd wake_;
	std::mutex mutex_;  // guards what follows; held while captures are drained
	std::vector<Entry> entries_;
	bool stop_ = false;
	uint64_t cpu_ns_ = 0;  // of the thread, up to which it has been shared
	std::thread thread_;
};

}  // namespace sonde
