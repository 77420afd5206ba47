#include "file_open.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "wire.h"

namespace sonde {

namespace {

const std::string kPrefix = "/nonexistent/sonde-native/";
// Numbers of sonde.v1: Event.process, Event.file_open, Process.tgid, FileOpen.path.
constexpr uint32_t kProcess = 5, kFileOpen = 100, kTgid = 1, kPath = 3;
constexpr uint32_t kEventsField = 8;

std::string ReadFile(const char *path)
{
	std::ifstream file(path, std::ios::binary);
	std::ostringstream text;

	text << file.rdbuf();
	if (!file)
		throw std::runtime_error(std::string("cannot read ") + path + "; build the package first");
	return text.str();
}

}  // namespace

TraceOptions FileOpenOptions()
{
	static const std::string object = ReadFile(FILE_OPEN_OBJECT);
	Plan plan({
#include "file_open_steps.inc"
	});

	return {{{{object,
		  {"tracepoint/syscalls/sys_exit_open", "tracepoint/syscalls/sys_exit_openat",
		   "tracepoint/syscalls/sys_exit_openat2", "tracepoint/syscalls/sys_exit_creat"},
		  false, false, {}, 1}, plan, {1, 0}}}, 1, 8 << 20, 0, 0, {4096, 262144, 2000000}, kEventsField};
}

void OpenMissing(const std::string &tag)
{
	// The system call itself: a sanitizer's wrapper may open something of its own.
	if (syscall(SYS_openat, AT_FDCWD, (kPrefix + tag).c_str(), O_RDONLY) >= 0)
		throw std::runtime_error(kPrefix + tag + " exists");
}

Openers::Openers(int threads)
{
	for (int i = 0; i < threads; i++) {
		threads_.emplace_back([this] {
			while (!stop_) {
				for (int opens = 0; opens < 50; opens++)
					OpenMissing("noise");
				// The readers need a share of the machine too.
				usleep(500);
			}
		});
	}
}

Openers::~Openers()
{
	stop_ = true;
	for (std::thread &thread : threads_)
		thread.join();
}

void CountingSink::Push(SealedBatch batch)
{
	std::lock_guard<std::mutex> lock(mutex_);
	uint32_t count = 0;

	for (const WireField &event :
	     WireFields({reinterpret_cast<const char *>(batch.events.bytes.get()), batch.events.size})) {
		std::string_view path = FindField(FindField(event.bytes, kFileOpen).bytes, kPath).bytes;

		count++;
		if (FindField(FindField(event.bytes, kProcess).bytes, kTgid).value == static_cast<uint64_t>(getpid()) &&
		    path.substr(0, kPrefix.size()) == kPrefix)
			own_[std::string(path.substr(kPrefix.size()))]++;
	}
	if (count != batch.events.events)
		throw std::logic_error("a batch with another number of events than it says");
	events_ += count;
}

std::map<std::string, uint64_t> CountingSink::own() const
{
	std::lock_guard<std::mutex> lock(mutex_);

	return own_;
}

bool AddsUp(const CaptureSnapshot &snapshot)
{
	for (const auto &[counts, misses] : snapshot.probes) {
		uint64_t matched = counts.rate_limited + counts.ring_full + counts.delivered;

		if (counts.fired != counts.paused + counts.sampled_out + counts.start_lost + counts.filter_error +
					counts.rejected + matched ||
		    counts.delivered != counts.encoded + counts.over_limit)
			return false;
	}
	return !snapshot.probes.empty();
}

}  // namespace sonde
