#include "core/ring.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"

namespace sonde {

namespace {

constexpr uint32_t kRingBytes = 4096;
constexpr uint32_t kHeaderBytes = 8;
constexpr uint32_t kSlowBytes = 64;

// struct record_request of ring_producer.bpf.c.
struct Request {
	uint32_t producer, sequence, bytes, slow, discard;
};

// A real ring, and a program in the kernel that puts records into it.
class Producer {
public:
	explicit Producer(const Ring &ring) : object_(bpf_object__open_file(RING_PRODUCER_OBJECT, nullptr), bpf_object__close)
	{
		bpf_map *map = object_ ? bpf_object__find_map_by_name(object_.get(), "ring") : nullptr;

		if (map == nullptr || bpf_map__reuse_fd(map, ring.fd()) != 0 || bpf_object__load(object_.get()) != 0)
			throw std::runtime_error("cannot load " RING_PRODUCER_OBJECT);
		fd_ = bpf_program__fd(bpf_object__find_program_by_name(object_.get(), "produce"));
	}

	// False: the ring is full. May be called by several threads with a `producer` each.
	bool Put(Request request) const
	{
		LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &request, .ctx_size_in = sizeof(request));

		if (bpf_prog_test_run_opts(fd_, &options) != 0 || options.retval > 1)
			throw std::runtime_error("the producer failed");
		return options.retval == 0;
	}

private:
	std::unique_ptr<bpf_object, decltype(&bpf_object__close)> object_;
	int fd_;
};

uint32_t Word(const uint8_t *record, size_t index)
{
	uint32_t word;

	memcpy(&word, record + index * sizeof(word), sizeof(word));
	return word;
}

// Every word behind the first two is the sequence.
bool Whole(const uint8_t *record, size_t bytes)
{
	for (size_t i = 2; i < bytes / sizeof(uint32_t); i++) {
		if (Word(record, i) != Word(record, 1))
			return false;
	}
	return true;
}

std::vector<uint32_t> TakeAll(Ring &ring)
{
	std::vector<uint32_t> sequences;

	EXPECT_TRUE(ring.Consume([&](const uint8_t *record, size_t bytes) {
		EXPECT_TRUE(Whole(record, bytes));
		sequences.push_back(Word(record, 1));
		return true;
	}));
	return sequences;
}

TEST(Ring, RefusesASizeThatTheKernelRefuses)
{
	try {
		Ring ring(5000);
		FAIL() << "5000 is no power of two";
	} catch (const Error &error) {
		EXPECT_EQ(error.code(), ErrorCode::kKernelRefused);
		EXPECT_STREQ(error.what(), "cannot create a ring buffer of 5000 bytes: Invalid argument");
	}
}

TEST(Ring, StopsBeforeARecordThatIsNotTaken)
{
	Ring ring(kRingBytes);
	Producer producer(ring);
	std::vector<uint32_t> taken;

	EXPECT_EQ(TakeAll(ring), std::vector<uint32_t>{});
	for (uint32_t i = 1; i <= 4; i++)
		EXPECT_TRUE(producer.Put({0, i, 16, 0, 0}));
	EXPECT_FALSE(ring.Consume([&](const uint8_t *record, size_t) {
		if (taken.size() == 2)
			return false;
		taken.push_back(Word(record, 1));
		return true;
	}));
	EXPECT_EQ(taken, (std::vector<uint32_t>{1, 2}));
	EXPECT_EQ(TakeAll(ring), (std::vector<uint32_t>{3, 4}));
	EXPECT_EQ(TakeAll(ring), std::vector<uint32_t>{});
}

TEST(Ring, PassesOverWhatWasDiscarded)
{
	Ring ring(kRingBytes);
	Producer producer(ring);

	for (uint32_t i = 1; i <= 6; i++)
		EXPECT_TRUE(producer.Put({0, i, 16, 0, i % 2}));
	EXPECT_EQ(TakeAll(ring), (std::vector<uint32_t>{2, 4, 6}));
	EXPECT_TRUE(producer.Put({0, 7, 16, 0, 1}));
	EXPECT_EQ(TakeAll(ring), std::vector<uint32_t>{});
}

TEST(Ring, GivesRoomBackToTheProducer)
{
	Ring ring(kRingBytes);
	Producer producer(ring);
	uint32_t sequence = 0, expected = 0;

	for (int round = 0; round < 20; round++) {
		while (producer.Put({0, sequence + 1, 100, 0, 0}))
			sequence++;
		for (uint32_t taken : TakeAll(ring))
			ASSERT_EQ(taken, ++expected);
		ASSERT_EQ(expected, sequence);
	}
	EXPECT_EQ(sequence, 20 * (kRingBytes / (104 + kHeaderBytes)));
}

// All lengths from 8 on, so that records and their headers meet the end of the ring in every way.
TEST(Ring, WrapsAround)
{
	Ring ring(kRingBytes);
	Producer producer(ring);

	for (uint32_t i = 1; i <= 6000; i++) {
		uint32_t bytes = 8 + i % 1500;
		size_t got = 0;

		ASSERT_TRUE(producer.Put({0, i, bytes, 0, 0}));
		ASSERT_TRUE(ring.Consume([&](const uint8_t *record, size_t length) {
			EXPECT_EQ(Word(record, 1), i);
			EXPECT_TRUE(Whole(record, length));
			got = length;
			return true;
		}));
		ASSERT_EQ(got, bytes);
	}
}

TEST(Ring, LosesAndDoublesNothingWhileProducersRun)
{
	constexpr uint32_t kProducers = 3, kRecords = 4000;
	Ring ring(kRingBytes);
	Producer producer(ring);
	std::atomic<bool> over{false};
	std::vector<std::thread> threads;
	uint32_t next[kProducers] = {1, 1, 1};

	for (uint32_t id = 0; id < kProducers; id++) {
		threads.emplace_back([&, id] {
			// The last one is slow: its records are reserved, and not yet submitted, while others follow.
			uint32_t slow = id == kProducers - 1 ? 2000 : 0;

			for (uint32_t i = 1; i <= kRecords && !over;) {
				if (producer.Put({id, i, 8 + i * 13 % 500, slow, slow != 0 && i % 5 == 0}))
					i++;
			}
		});
	}
	auto left = [&] {
		for (uint32_t id = 0; id < kProducers; id++) {
			if (next[id] <= kRecords)
				return true;
		}
		return false;
	};
	bool wrong = false;
	while (left() && !wrong) {
		ring.Consume([&](const uint8_t *record, size_t bytes) {
			uint32_t id = Word(record, 0), sequence = Word(record, 1);

			if (id == kProducers - 1 && next[id] % 5 == 0)
				next[id]++;
			wrong = wrong || id >= kProducers || sequence != next[id] || !Whole(record, bytes) ||
				bytes != (id == kProducers - 1 ? kSlowBytes : 8 + sequence * 13 % 500);
			if (!wrong)
				next[id]++;
			return !wrong;
		});
		// The last record of the slow one is discarded.
		if (next[kProducers - 1] == kRecords)
			next[kProducers - 1]++;
	}
	over = true;
	for (std::thread &thread : threads)
		thread.join();
	EXPECT_FALSE(wrong);
	EXPECT_EQ(TakeAll(ring), std::vector<uint32_t>{});
}

}  // namespace

}  // namespace sonde
