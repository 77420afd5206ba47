// What can be changed while programs run.
#include "core/controls.h"

#include <bpf/bpf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>

#include "core/capture.h"
#include "core/clock.h"
#include "file_open.h"

namespace sonde {

namespace {

constexpr uint64_t kNever = 60000000000;  // of a batch's age

void OpenMany(const std::string &tag, int from, int to)
{
	for (int i = from; i < to; i++)
		OpenMissing(tag + std::to_string(i));
}

ProbeSnapshot CountsOf(const Capture &capture) { return capture.Snapshot().probes[0].counts; }

// What arrives, without the end of the trace.
void Tick(Capture &capture) { capture.Tick(MonotonicNs()); }

void End(Capture &capture)
{
	capture.Detach();
	capture.Finish();
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
}

TEST(Controls, ArePausedUntilNobodyWantsIt)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	Fd map(bpf_map_create(BPF_MAP_TYPE_ARRAY, "controls", sizeof(uint32_t), 64, 1, &options));
	Controls controls(map.get());
	Mapping mapping(map.get(), PageSize(), false);
	auto paused = [&] {
		uint32_t word;

		memcpy(&word, mapping.data(), sizeof(word));
		return word != 0;
	};

	EXPECT_FALSE(paused());
	controls.SetPaused(PausedBy::kOwner, true);
	controls.SetPaused(PausedBy::kLimit, true);
	controls.SetPaused(PausedBy::kOwner, false);
	EXPECT_TRUE(paused());
	controls.SetPaused(PausedBy::kLimit, false);
	EXPECT_FALSE(paused());
	controls.SetPaused(PausedBy::kEnd, true);
	std::thread other([&] {
		for (int i = 0; i < 100000; i++)
			controls.SetPaused(PausedBy::kLimit, i % 2 == 0);
	});
	for (int i = 0; i < 100000; i++) {
		controls.SetPaused(PausedBy::kOwner, i % 2 == 0);
		EXPECT_TRUE(paused());
	}
	other.join();
	EXPECT_TRUE(paused());
}

TEST(Controls, PauseAndGoOn)
{
	CountingSink sink;
	Capture capture(FileOpenOptions(), sink);

	capture.SetPaused(true);
	capture.Attach();
	OpenMany("not ", 0, 500);
	EXPECT_GE(CountsOf(capture).paused, 500U);
	EXPECT_EQ(CountsOf(capture).delivered, 0U);
	capture.SetPaused(false);
	OpenMany("", 0, 500);
	capture.SetPaused(true);
	OpenMany("not ", 0, 500);
	End(capture);
	EXPECT_EQ(sink.own().size(), 500U);
	EXPECT_EQ(sink.own().count("not 0"), 0U);
	EXPECT_GE(CountsOf(capture).paused, 1000U);
	capture.SetPaused(false);
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
}

TEST(Controls, ChangeTheSampling)
{
	CountingSink sink;
	Capture capture(FileOpenOptions(), sink);

	capture.Attach();
	capture.SetSampling(0, {UINT32_MAX, 0});
	OpenMany("few ", 0, 500);
	EXPECT_GE(CountsOf(capture).sampled_out, 499U);
	capture.SetSampling(0, {1, 0});
	OpenMany("all ", 0, 500);
	capture.SetSampling(0, {4, 0});
	ProbeSnapshot before = CountsOf(capture);
	OpenMany("some ", 0, 4000);
	ProbeSnapshot after = CountsOf(capture);
	// Three quarters, give or take eight times the standard deviation.
	EXPECT_NEAR(static_cast<double>(after.sampled_out - before.sampled_out) / static_cast<double>(after.fired - before.fired),
		    0.75, 0.055);
	End(capture);
	uint64_t all = 0;
	for (const auto &[tag, times] : sink.own())
		all += tag.substr(0, 4) == "all " ? times : 0;
	EXPECT_EQ(all, 500U);
	capture.SetSampling(0, {1, 0});
}

TEST(EventLimit, EncodesExactlyTheFirstEvents)
{
	CountingSink sink;
	TraceOptions options = FileOpenOptions();

	options.max_events = 100;
	options.batch.max_delay_ns = kNever;
	Capture capture(options, sink);
	capture.Attach();
	OpenMany("", 0, 300);
	EXPECT_EQ(CountsOf(capture).paused, 0U);
	Tick(capture);
	EXPECT_EQ(sink.events(), 100U) << "the last batch comes at once";
	EXPECT_EQ(CountsOf(capture).encoded, 100U);
	EXPECT_GE(CountsOf(capture).over_limit, 200U);
	OpenMany("", 300, 600);
	EXPECT_GE(CountsOf(capture).paused, 300U) << "the programs are paused";
	End(capture);
	EXPECT_EQ(sink.events(), 100U);
	// Others may have opened files too.
	int own = static_cast<int>(sink.own().size());
	EXPECT_GT(own, 0);
	for (int i = 0; i < own; i++)
		EXPECT_EQ(sink.own()[std::to_string(i)], 1U) << i;
}

TEST(EventLimit, IsThatOfAllProbesTogether)
{
	CountingSink sink;
	TraceOptions options = FileOpenOptions();

	options.probes.push_back(options.probes[0]);
	options.max_events = 301;
	Capture capture(options, sink);
	capture.Attach();
	OpenMany("", 0, 200);
	End(capture);
	CaptureSnapshot last = capture.Snapshot();
	EXPECT_EQ(sink.events(), 301U);
	EXPECT_EQ(last.probes[0].counts.encoded + last.probes[1].counts.encoded, 301U);
	EXPECT_GE(last.probes[0].counts.over_limit + last.probes[1].counts.over_limit, 99U);
}

TEST(EventLimit, ChangesWhileItRuns)
{
	CountingSink sink;
	TraceOptions options = FileOpenOptions();

	options.batch.max_delay_ns = kNever;
	Capture capture(options, sink);
	capture.Attach();
	OpenMany("all ", 0, 200);
	Tick(capture);
	uint64_t encoded = CountsOf(capture).encoded;
	// Fewer than there are.
	capture.SetMaxEvents(50);
	Tick(capture);
	EXPECT_EQ(sink.events(), encoded);
	OpenMany("none ", 0, 200);
	// The owner's pause is another one.
	capture.SetPaused(true);
	capture.SetPaused(false);
	OpenMany("none ", 200, 400);
	Tick(capture);
	EXPECT_EQ(CountsOf(capture).encoded, encoded);
	EXPECT_GE(CountsOf(capture).paused, 400U);
	// More again.
	capture.SetMaxEvents(encoded + 70);
	Tick(capture);
	OpenMany("some ", 0, 200);
	Tick(capture);
	EXPECT_EQ(sink.events(), encoded + 70);
	// And all.
	capture.SetMaxEvents(0);
	Tick(capture);
	OpenMany("all ", 200, 400);
	End(capture);
	uint64_t all = 0;
	for (const auto &[tag, times] : sink.own()) {
		EXPECT_NE(tag.substr(0, 5), "none ");
		all += tag.substr(0, 4) == "all " ? times : 0;
	}
	EXPECT_EQ(all, 400U);
}

}  // namespace

}  // namespace sonde
