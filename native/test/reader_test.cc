#include "core/reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "file_open.h"

namespace sonde {

namespace {

// Detaching waits for the kernel, so that a number alone would not bound the time.
constexpr uint64_t kStressNs = 15000000000;
constexpr int kStressRounds = 400;

// The rounds of a test, shared by its threads.
class Rounds {
public:
	// False when there have been enough.
	bool Next() { return MonotonicNs() < end_ns_ && done_.fetch_add(1) < kStressRounds; }
	int done() const { return std::min(done_.load(), kStressRounds); }

private:
	uint64_t end_ns_ = MonotonicNs() + kStressNs;
	std::atomic<int> done_{0};
};

// Takes snapshots and sets what is set already, from a thread of its own, as JavaScript does.
class Watcher {
public:
	explicit Watcher(Capture &capture)
	    : thread_([this, &capture] {
		      while (!stop_) {
			      CaptureSnapshot snapshot = capture.Snapshot();

			      for (const auto &[counts, misses] : snapshot.probes)
				      torn_ = torn_ || counts.delivered > counts.fired || counts.encoded > counts.delivered ||
					      counts.timed_runs > counts.fired;
			      capture.Programs();
			      capture.SetPaused(false);
			      capture.SetSampling(0, {1, 0});
			      capture.SetEventsPerSecond(0);
			      capture.SetMaxEvents(0);
			      usleep(200);
		      }
	      })
	{
	}

	// Whether a snapshot did not agree with itself.
	bool Stop()
	{
		stop_ = true;
		thread_.join();
		return torn_;
	}

private:
	std::atomic<bool> stop_{false};
	bool torn_ = false;
	std::thread thread_;
};

// The life of a trace, as TraceCore leads it; cut short in one of four places.
void LiveOnce(Reader &reader, uint32_t choice, const std::string &tag)
{
	CountingSink sink;
	Capture capture(FileOpenOptions(), sink);

	reader.Add(&capture);
	if (choice % 4 == 0) {
		// As when attaching fails.
		reader.Remove(&capture);
		return;
	}
	Watcher watcher(capture);
	capture.Attach();
	for (int i = 0; i < 20; i++)
		OpenMissing(tag);
	if (choice % 4 == 1)
		usleep(choice / 4 % 3000);
	capture.Detach();
	reader.Remove(&capture);
	capture.Finish();
	EXPECT_FALSE(watcher.Stop());
	EXPECT_EQ(sink.own()[tag], 20U);
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
	EXPECT_EQ(capture.Snapshot().probes[0].counts.encoded, sink.events());
}

TEST(Reader, MayBeDestroyedAtOnce)
{
	for (int i = 0; i < 300; i++)
		Reader reader;
	for (int i = 0; i < 300; i++) {
		Reader reader;

		reader.Stop();
		reader.Stop();
	}
}

TEST(Reader, IgnoresACaptureThatItDoesNotKnow)
{
	CountingSink sink;
	Capture capture(FileOpenOptions(), sink);
	Reader reader;

	reader.Remove(&capture);
	reader.Add(&capture);
	reader.Remove(&capture);
	reader.Remove(&capture);
}

TEST(Reader, DeliversWhileEventsFlow)
{
	CountingSink sink;
	Capture capture(FileOpenOptions(), sink);
	Reader reader;
	Openers openers(2);

	reader.Add(&capture);
	capture.Attach();
	while (sink.events() < 2000)
		usleep(1000);
	capture.Detach();
	reader.Remove(&capture);
	capture.Finish();
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
}

TEST(Reader, ChargesItsTimeToItsCaptures)
{
	CountingSink sink;
	Capture busy(FileOpenOptions(), sink), idle(FileOpenOptions(), sink);
	timespec before{}, after{};

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
	{
		Reader reader;
		Openers openers(1);

		reader.Add(&busy);
		reader.Add(&idle);
		busy.Attach();
		while (sink.events() < 5000)
			usleep(1000);
		reader.Stop();
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
	uint64_t process_ns = static_cast<uint64_t>(after.tv_sec - before.tv_sec) * 1000000000ULL +
			      static_cast<uint64_t>(after.tv_nsec) - static_cast<uint64_t>(before.tv_nsec);
	uint64_t busy_ns = busy.Snapshot().reader_cpu_ns, idle_ns = idle.Snapshot().reader_cpu_ns;
	EXPECT_GT(idle_ns, 0U);
	EXPECT_GT(busy_ns, idle_ns);
	EXPECT_LT(busy_ns + idle_ns, process_ns);
	busy.Detach();
	busy.Finish();
	EXPECT_EQ(busy.Snapshot().reader_cpu_ns, busy_ns);
}

TEST(Reader, LeavesCapturesAsTheyAreWhenItStops)
{
	CountingSink sink;
	std::vector<std::unique_ptr<Capture>> captures;
	Reader reader;

	for (int i = 0; i < 3; i++) {
		captures.push_back(std::make_unique<Capture>(FileOpenOptions(), sink));
		reader.Add(captures.back().get());
		captures.back()->Attach();
	}
	reader.Stop();
	OpenMissing("unread");
	for (auto &capture : captures) {
		capture->Detach();
		reader.Remove(capture.get());
		capture->Finish();
		EXPECT_TRUE(AddsUp(capture->Snapshot()));
	}
	EXPECT_EQ(sink.own()["unread"], 3U);
}

// What TraceCore does when an environment is torn down under running traces.
TEST(Reader, StopsWhileCapturesComeAndGo)
{
	for (int i = 0; i < 20; i++) {
		auto reader = std::make_unique<Reader>();
		std::thread other([&, i] { LiveOnce(*reader, static_cast<uint32_t>(i), "stopped " + std::to_string(i)); });

		usleep(static_cast<useconds_t>(i * 1500));
		reader->Stop();
		other.join();
	}
}

TEST(Reader, ServesManyShortLivesAtOnce)
{
	Reader reader;
	Openers openers(2);
	Rounds rounds;
	std::vector<std::thread> threads;

	for (uint32_t id = 0; id < 4; id++) {
		threads.emplace_back([&, id] {
			std::mt19937 random(id);

			for (int i = 0; rounds.Next(); i++)
				LiveOnce(reader, static_cast<uint32_t>(random()), std::to_string(id) + "-" + std::to_string(i));
		});
	}
	for (std::thread &thread : threads)
		thread.join();
	RecordProperty("rounds", rounds.done());
	printf("%d lives\n", rounds.done());
}

}  // namespace

}  // namespace sonde
