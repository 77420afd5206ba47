#include "core/capture.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.h"
#include "core/error.h"
#include "file_open.h"

namespace sonde {

namespace {

constexpr int kThreads = 6, kOpens = 300;

// Each path once.
std::map<std::string, uint64_t> OpenFromThreads()
{
	std::map<std::string, uint64_t> opened;
	std::vector<std::thread> threads;

	for (int thread = 0; thread < kThreads; thread++) {
		threads.emplace_back([thread] {
			for (int i = 0; i < kOpens; i++)
				OpenMissing(std::to_string(thread) + "/" + std::to_string(i));
		});
		for (int i = 0; i < kOpens; i++)
			opened[std::to_string(thread) + "/" + std::to_string(i)] = 1;
	}
	for (std::thread &thread : threads)
		thread.join();
	return opened;
}

TEST(Capture, TakesEveryEventOnceAndAddsUp)
{
	CountingSink sink;
	Capture capture(FileOpenOptions(), sink);

	capture.Attach();
	std::map<std::string, uint64_t> opened = OpenFromThreads();
	capture.Tick(MonotonicNs());
	capture.Detach();
	OpenMissing("after the end");
	capture.Detach();
	capture.Finish();
	EXPECT_EQ(sink.own(), opened);
	CaptureSnapshot last = capture.Snapshot();
	EXPECT_TRUE(AddsUp(last));
	EXPECT_EQ(last.probes[0].counts.encoded, sink.events());
	EXPECT_EQ(capture.Programs().size(), 1U);
	EXPECT_GT(capture.Programs()[0].size(), 1U);
}

TEST(Capture, LeavesEventsInTheRingWhileThereIsNoRoom)
{
	CountingSink sink;
	Capture capture(FileOpenOptions(), sink);

	sink.SetRoom(false);
	capture.Attach();
	std::map<std::string, uint64_t> opened = OpenFromThreads();
	for (int i = 0; i < 5; i++)
		capture.Tick(MonotonicNs());
	EXPECT_EQ(sink.events(), 0U);
	EXPECT_GE(capture.Snapshot().probes[0].counts.delivered, static_cast<uint64_t>(kThreads * kOpens));
	capture.Detach();
	capture.Finish();
	EXPECT_EQ(sink.own(), opened) << "the last events go also to a sink without room";
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
}

TEST(Capture, CountsWhatDoesNotFit)
{
	TraceOptions options = FileOpenOptions();
	CountingSink sink;

	options.ring_bytes = 4096;
	Capture capture(options, sink);
	capture.Attach();
	OpenFromThreads();
	capture.Detach();
	capture.Finish();
	const ProbeSnapshot counts = capture.Snapshot().probes[0].counts;
	EXPECT_GT(counts.ring_full, 0U);
	EXPECT_EQ(counts.encoded, sink.events());
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
}

// A record of file.open is shorter than this.
constexpr uint32_t kBehindTheRecord = 60000;

TEST(Capture, FailsOnRecordsThatThePlanCannotRead)
{
	TraceOptions options = FileOpenOptions();
	CountingSink sink;

	options.probes[0].plan = Plan({{Op::kKtime, kBehindTheRecord, 0, 9, 0}});
	Capture capture(options, sink);
	capture.Attach();
	OpenMissing("unreadable");
	EXPECT_EQ(capture.Snapshot().failure, "");
	EXPECT_EQ(capture.Tick(MonotonicNs()), Capture::kNever);
	EXPECT_NE(capture.Snapshot().failure, "");
	uint64_t paused = capture.Snapshot().probes[0].counts.paused;
	OpenMissing("paused");
	EXPECT_GT(capture.Snapshot().probes[0].counts.paused, paused);
	EXPECT_EQ(capture.Tick(MonotonicNs()), Capture::kNever);
	capture.Detach();
	capture.Finish();
	EXPECT_EQ(sink.events(), 0U);
	EXPECT_NE(capture.Snapshot().failure, "") << "also when it has ended";
}

TEST(Capture, KnowsWhatItCosts)
{
	TraceOptions options = FileOpenOptions();
	CountingSink sink;

	options.probes.push_back(options.probes[0]);
	Capture capture(options, sink);
	CaptureMemory memory = capture.Memory();
	capture.Attach();
	OpenFromThreads();
	CaptureSnapshot running = capture.Snapshot();
	EXPECT_GT(running.probes[1].counts.timed_runs, 0U);
	EXPECT_GT(running.probes[1].counts.timed_ns, 0U);
	capture.Detach();
	capture.Finish();
	CaptureSnapshot last = capture.Snapshot();
	EXPECT_GE(last.probes[1].counts.timed_runs, running.probes[1].counts.timed_runs);
	EXPECT_GE(memory.shared_bytes, options.ring_bytes);
	EXPECT_LT(memory.shared_bytes, options.ring_bytes + 1000000);
	ASSERT_EQ(memory.probe_bytes.size(), 2U);
	// A path of 4096 bytes for each CPU, and some maps of a page.
	EXPECT_GE(memory.probe_bytes[0], 4096U * 2);
	EXPECT_LT(memory.probe_bytes[0], 1000000U);
	EXPECT_EQ(memory.probe_bytes[0], memory.probe_bytes[1]);
	EXPECT_EQ(capture.Memory().shared_bytes, memory.shared_bytes);
}

TEST(Capture, MayBeDestroyedAtAnyTime)
{
	CountingSink sink;

	{
		Capture capture(FileOpenOptions(), sink);
	}
	{
		Capture capture(FileOpenOptions(), sink);
		capture.Attach();
		OpenMissing("attached");
	}
	{
		Capture capture(FileOpenOptions(), sink);
		capture.Attach();
		OpenMissing("detached");
		capture.Detach();
	}
	EXPECT_EQ(sink.events(), 0U);
}

TEST(Capture, RefusesWhatTheKernelOrLibbpfRefuses)
{
	CountingSink sink;
	TraceOptions nonsense = FileOpenOptions(), odd = FileOpenOptions();
	auto refusal = [&](const TraceOptions &options) {
		try {
			Capture capture(options, sink);
		} catch (const Error &error) {
			return error.code();
		}
		return ErrorCode::kClosed;
	};

	nonsense.probes[0].programs.object = "nonsense";
	odd.ring_bytes = 5000;
	EXPECT_EQ(refusal(nonsense), ErrorCode::kInvalidObject);
	EXPECT_EQ(refusal(odd), ErrorCode::kKernelRefused);
}

}  // namespace

}  // namespace sonde
