#include "core/allowance.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "core/capture.h"
#include "core/clock.h"
#include "core/reader.h"
#include "file_open.h"

namespace sonde {

namespace {

constexpr uint64_t kSecond = 1000000000, kMs = 1000000;
constexpr uint32_t kCpus = 4;

// The cells as programs see them.
class Cells {
public:
	explicit Cells(const Allowance &allowance) : mapping_(allowance.map_fd(), PageSize(), true) {}

	int64_t &pool() { return words()[0]; }
	int64_t chunk() { return words()[1]; }
	int64_t &cpu(uint32_t cpu) { return words()[(1 + cpu) * 8]; }

private:
	int64_t *words() { return static_cast<int64_t *>(mapping_.data()); }

	Mapping mapping_;
};

TEST(Allowance, RefillsUpToABurst)
{
	Allowance allowance(kCpus, 1000, 5 * kSecond);
	Cells cells(allowance);

	EXPECT_EQ(cells.pool(), 100);
	allowance.Refill(6 * kSecond);
	EXPECT_EQ(cells.pool(), 100);
	cells.pool() = 0;
	allowance.Refill(6 * kSecond + 30 * kMs);
	EXPECT_EQ(cells.pool(), 30);
	allowance.Refill(60 * kSecond);
	EXPECT_EQ(cells.pool(), 100);
}

TEST(Allowance, IsPaidBackWhatProgramsTookTooMuch)
{
	Allowance allowance(kCpus, 1000, 0);
	Cells cells(allowance);

	cells.pool() = -40;
	allowance.Refill(30 * kMs);
	EXPECT_EQ(cells.pool(), -10);
	allowance.Refill(50 * kMs);
	EXPECT_EQ(cells.pool(), 10);
}

TEST(Allowance, DoesNotRoundSlowRatesToNothing)
{
	Allowance allowance(kCpus, 3, 0);
	Cells cells(allowance);
	int64_t got = cells.pool();

	EXPECT_EQ(got, 1);
	for (uint64_t now = 0; now <= 10 * kSecond; now += kMs) {
		cells.pool() = 0;
		allowance.Refill(now);
		got += cells.pool();
	}
	EXPECT_EQ(got, 31);
}

TEST(Allowance, GivesChunksThatFitTheBurst)
{
	auto chunk_of = [](uint32_t rate) {
		Allowance allowance(kCpus, rate, 0);

		return Cells(allowance).chunk();
	};

	EXPECT_EQ(chunk_of(1), 1);
	EXPECT_EQ(chunk_of(319), 1);
	EXPECT_EQ(chunk_of(320), 2);
	EXPECT_EQ(chunk_of(5000), 31);
	EXPECT_EQ(chunk_of(10000000), 64);
	EXPECT_EQ(chunk_of(0), 64);
}

TEST(Allowance, LeavesNothingOfAFasterRate)
{
	for (uint32_t faster : {0U, 10000000U}) {
		Allowance allowance(kCpus, faster, 0);
		Cells cells(allowance);

		for (uint32_t cpu = 0; cpu < kCpus; cpu++)
			cells.cpu(cpu) = 64;
		allowance.SetRate(10);
		EXPECT_GT(cells.pool(), 1) << "only with the next refill";
		allowance.Refill(kMs);
		EXPECT_EQ(cells.pool(), 1);
		EXPECT_EQ(cells.chunk(), 1);
		// What a program does that had seen the old rate.
		cells.pool() -= 64;
		cells.cpu(2) += 63;
		allowance.Refill(2 * kMs);
		EXPECT_EQ(cells.pool(), 0);
		for (uint32_t cpu = 0; cpu < kCpus; cpu++)
			EXPECT_EQ(cells.cpu(cpu), 1);
		allowance.Refill(kSecond);
		EXPECT_EQ(cells.pool(), 1);
	}
}

TEST(Allowance, HasNoLimitAtZero)
{
	Allowance allowance(kCpus, 10, 0);
	Cells cells(allowance);

	cells.pool() = -5;
	allowance.SetRate(0);
	allowance.Refill(kMs);
	EXPECT_GT(cells.pool(), INT64_MAX / 4);
	allowance.Refill(UINT64_MAX);
	EXPECT_GT(cells.pool(), INT64_MAX / 4);
}

// Opens at full speed, from a thread on each of some CPUs.
class BusyOpeners {
public:
	explicit BusyOpeners(int threads)
	{
		for (int cpu = 0; cpu < threads; cpu++)
			threads_.emplace_back([this, cpu] { Run(cpu); });
	}

	~BusyOpeners()
	{
		stop_ = true;
		for (std::thread &thread : threads_)
			thread.join();
	}

	BusyOpeners(const BusyOpeners &) = delete;
	BusyOpeners &operator=(const BusyOpeners &) = delete;

private:
	void Run(int cpu)
	{
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET(cpu, &set);
		sched_setaffinity(0, sizeof(set), &set);
		while (!stop_)
			OpenMissing("busy");
	}

	std::atomic<bool> stop_{false};
	std::vector<std::thread> threads_;
};

uint64_t Burst(uint64_t rate) { return std::max<uint64_t>(1, rate / 10); }

// Of the documentation.
uint64_t Chunk(uint64_t rate, uint64_t cpus) { return std::clamp<uint64_t>(Burst(rate) / (4 * cpus), 1, 64); }

uint64_t Passed(const Capture &capture)
{
	const ProbeSnapshot counts = capture.Snapshot().probes[0].counts;

	return counts.delivered + counts.ring_full;
}

uint64_t RateLimited(const Capture &capture) { return capture.Snapshot().probes[0].counts.rate_limited; }

struct Load {
	uint32_t rate;
	int threads;
};

class RateLimit : public testing::TestWithParam<Load> {};

// On a clock of the test: time passes only between the rounds.
TEST_P(RateLimit, PassesWhatItEarned)
{
	constexpr uint64_t kRounds = 200, kRoundNs = 10 * kMs;
	auto [rate, threads] = GetParam();
	auto cpus = static_cast<uint64_t>(sysconf(_SC_NPROCESSORS_CONF));
	TraceOptions options = FileOpenOptions();
	CountingSink sink;
	// Later than the capture's own first look at the clock: a burst more is there.
	uint64_t now_ns = MonotonicNs() + kSecond;

	options.events_per_second = rate;
	Capture capture(options, sink);
	capture.Attach();
	capture.Tick(now_ns);
	{
		BusyOpeners openers(threads);

		for (uint64_t round = 0; round < kRounds; round++) {
			now_ns += kRoundNs;
			capture.Tick(now_ns);
			// Until what was earned has been used up.
			uint64_t limited = RateLimited(capture);
			for (int wait = 0; wait < 10000 && RateLimited(capture) < limited + 100; wait++)
				usleep(100);
			ASSERT_GE(RateLimited(capture), limited + 100);
		}
	}
	capture.Detach();
	capture.Finish();
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
	uint64_t earned = rate * kRounds * kRoundNs / kSecond, loose = 2 * cpus * Chunk(rate, cpus);
	EXPECT_LE(Passed(capture), earned + 2 * Burst(rate) + loose);
	EXPECT_GE(Passed(capture) + loose, earned);
}

TEST_P(RateLimit, KeepsItsBoundInRealTime)
{
	constexpr useconds_t kRunUs = 2500000;
	auto [rate, threads] = GetParam();
	auto cpus = static_cast<uint64_t>(sysconf(_SC_NPROCESSORS_CONF));
	TraceOptions options = FileOpenOptions();
	CountingSink sink;
	Reader reader;
	uint64_t start_ns = MonotonicNs(), running_ns, stopping_ns;

	options.events_per_second = rate;
	Capture capture(options, sink);
	reader.Add(&capture);
	capture.Attach();
	{
		BusyOpeners openers(threads);

		running_ns = MonotonicNs();
		usleep(kRunUs);
		stopping_ns = MonotonicNs();
		capture.Detach();
	}
	uint64_t end_ns = MonotonicNs();
	reader.Remove(&capture);
	capture.Finish();
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
	uint64_t most = rate * (end_ns - start_ns) / kSecond, least = rate * (stopping_ns - running_ns) / kSecond;
	uint64_t loose = 2 * cpus * Chunk(rate, cpus), passed = Passed(capture);
	uint64_t made = passed + RateLimited(capture);
	printf("%u/s from %d threads: %lu of %lu passed, %lu earned\n", rate, threads, passed, made, least);
	EXPECT_LE(passed, most + Burst(rate) + loose);
	// Beyond a burst, what a late reader earns is lost, and others may keep it from its CPU. A slow machine opens less.
	EXPECT_GE(passed + loose, std::min(least, made) / 4);
}

INSTANTIATE_TEST_SUITE_P(Loads, RateLimit,
			 testing::Values(Load{1, 1}, Load{1, 2}, Load{10, 2}, Load{1000, 1}, Load{1000, 2}, Load{20000, 2}),
			 [](const auto &info) {
				 return std::to_string(info.param.rate) + "From" + std::to_string(info.param.threads);
			 });

TEST(RateLimit, ChangesWhileItRuns)
{
	CountingSink sink;
	Capture capture(FileOpenOptions(), sink);
	uint64_t now_ns = MonotonicNs();
	auto passed_of_1000 = [&](uint32_t rate) {
		capture.SetEventsPerSecond(rate);
		capture.Tick(now_ns += kMs);
		uint64_t before = Passed(capture);
		for (int i = 0; i < 1000; i++)
			OpenMissing("changing");
		return Passed(capture) - before;
	};

	// Of one event a second, one for the pool and for each CPU may be left of what was there before.
	uint64_t few = 1 + static_cast<uint64_t>(sysconf(_SC_NPROCESSORS_CONF));
	capture.Attach();
	EXPECT_GE(passed_of_1000(0), 1000U);
	EXPECT_LE(passed_of_1000(10), few);
	EXPECT_GE(passed_of_1000(0), 1000U);
	EXPECT_GE(passed_of_1000(10000000), 1000U);
	EXPECT_LE(passed_of_1000(1), few);
	EXPECT_EQ(passed_of_1000(1), 0U);
	capture.Detach();
	capture.Finish();
	capture.SetEventsPerSecond(5);
	EXPECT_TRUE(AddsUp(capture.Snapshot()));
}

}  // namespace

}  // namespace sonde
