// What JavaScript, its worker threads and the reader do with captures, all at once and in random order: for
// ThreadSanitizer, and for the totals, which must be right in spite of it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "core/reader.h"
#include "file_open.h"

namespace sonde {

namespace {

constexpr int kOwners = 3, kWatchers = 2, kLivesOfOwner = 25, kSlots = 4;
constexpr uint64_t kOpensOfStep = 5;

// The same threads do the same things again; what they meet differs in each run. SONDE_RACES_SEED for others.
uint32_t Seed()
{
	const char *given = getenv("SONDE_RACES_SEED");

	return given == nullptr ? 1 : static_cast<uint32_t>(strtoul(given, nullptr, 10));
}

// A capture with what its owner knows of it.
class Life {
public:
	explicit Life(std::string tag) : tag_(std::move(tag)), capture_(FileOpenOptions(), sink_) {}

	// What an owner does, one thing after the other.
	void Lead(Reader &reader, std::mt19937 &random)
	{
		reader.Add(&capture_);
		// As when attaching fails, or the trace is stopped while it starts.
		if (random() % 5 != 0)
			Run(random);
		for (uint32_t i = random() % 2 + 1; i > 0; i--)
			capture_.Detach();
		for (uint32_t i = random() % 2 + 1; i > 0; i--)
			reader.Remove(&capture_);
		// As when a process ends, or the environment of a worker.
		if (random() % 5 == 0)
			return;
		capture_.Finish();
		CaptureSnapshot last = capture_.Snapshot();
		EXPECT_TRUE(AddsUp(last));
		EXPECT_EQ(last.failure, "");
		EXPECT_EQ(last.probes[0].counts.encoded, sink_.events());
		EXPECT_EQ(sink_.own()[tag_], opened_) << tag_;
	}

	// What anybody may do at any time.
	void Watch(std::mt19937 &random)
	{
		CaptureSnapshot snapshot;

		switch (random() % 6) {
		case 0:
			snapshot = capture_.Snapshot();
			for (const auto &[counts, misses] : snapshot.probes)
				EXPECT_TRUE(counts.encoded <= counts.delivered && counts.delivered <= counts.fired);
			break;
		case 1:
			capture_.Programs();
			break;
		case 2:
			EXPECT_GT(capture_.Memory().shared_bytes, 0U);
			break;
		case 3:
			capture_.SetSampling(0, {1, 0});
			break;
		case 4:
			capture_.SetEventsPerSecond(0);
			break;
		default:
			capture_.SetMaxEvents(0);
			capture_.SetPaused(false);
		}
	}

private:
	void Run(std::mt19937 &random)
	{
		capture_.Attach();
		for (uint32_t steps = random() % 6; steps > 0; steps--) {
			switch (random() % 4) {
			case 0:
				Replace();
				break;
			case 1:
				sink_.SetRoom(random() % 2 == 0);
				break;
			case 2:
				usleep(random() % 2000);
				break;
			default:
				for (uint64_t i = 0; i < kOpensOfStep; i++)
					OpenMissing(tag_);
				opened_ += kOpensOfStep;
			}
		}
	}

	void Replace()
	{
		ProgramOptions body = FileOpenOptions().probes[0].programs;

		body.generation = ++generation_;
		capture_.ReplaceBodies({{0, body}});
	}

	std::string tag_;
	CountingSink sink_;
	Capture capture_;
	uint64_t opened_ = 0;
	uint32_t generation_ = 1;
};

// Lives that watchers may look at. One that is taken out ends when the last of them has let go of it.
class Slots {
public:
	void Put(size_t index, std::shared_ptr<Life> life)
	{
		std::lock_guard<std::mutex> lock(mutex_);

		lives_[index].swap(life);
	}
	std::shared_ptr<Life> Get(size_t index)
	{
		std::lock_guard<std::mutex> lock(mutex_);

		return lives_[index];
	}

private:
	std::mutex mutex_;
	std::array<std::shared_ptr<Life>, kSlots> lives_;
};

TEST(Races, OfStartStopCloseReplaceAndSnapshotLoseNothing)
{
	auto reader = std::make_unique<Reader>();
	Slots slots;
	std::atomic<bool> stop{false};
	std::vector<std::thread> owners, watchers;

	for (uint32_t id = 0; id < kOwners; id++)
		owners.emplace_back([&, id] {
			std::mt19937 random(Seed() * 100 + id);

			for (int i = 0; i < kLivesOfOwner; i++) {
				auto life = std::make_shared<Life>("races-" + std::to_string(id) + "-" + std::to_string(i));

				slots.Put(random() % kSlots, life);
				life->Lead(*reader, random);
				slots.Put(random() % kSlots, nullptr);
			}
		});
	for (uint32_t id = 0; id < kWatchers; id++)
		watchers.emplace_back([&, id] {
			std::mt19937 random(Seed() * 100 + kOwners + id);

			while (!stop) {
				std::shared_ptr<Life> life = slots.Get(random() % kSlots);

				if (life)
					life->Watch(random);
				else
					usleep(100);
			}
		});
	for (std::thread &owner : owners)
		owner.join();
	// While watchers still look at lives that have ended.
	reader.reset();
	stop = true;
	for (std::thread &watcher : watchers)
		watcher.join();
}

}  // namespace

}  // namespace sonde
