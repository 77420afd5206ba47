#include "core/batch.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "wire.h"

namespace sonde {

namespace {

constexpr uint32_t kEventsField = 8;

struct Record {
	uint64_t time;
	uint32_t id;
	uint16_t offset, length;
};

const Plan &TestPlan()
{
	static const Plan plan({{Op::kKtime, 0, 0, 9, 0}, {Op::kUint32, 8, 0, 16, 0}, {Op::kString, 12, 0, 26, 34}});

	return plan;
}

Added Add(BatchBuilder &batch, uint64_t time, uint32_t id, size_t text = 0)
{
	Record record = {time, id, sizeof(Record), static_cast<uint16_t>(text)};
	std::string bytes(reinterpret_cast<const char *>(&record), sizeof(record));

	bytes.append(text, 'x');
	return batch.Add(TestPlan(), reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
}

std::vector<std::string> Events(const EncodedBatch &batch)
{
	std::vector<std::string> events;

	for (const WireField &field : WireFields({reinterpret_cast<const char *>(batch.bytes.get()), batch.size}))
		events.emplace_back(field.bytes);
	EXPECT_EQ(events.size(), batch.events);
	return events;
}

std::vector<uint64_t> Ids(const EncodedBatch &batch)
{
	std::vector<uint64_t> ids;

	for (const std::string &event : Events(batch))
		ids.push_back(FindField(event, 2).value);
	return ids;
}

BatchBuilder Builder(uint32_t max_events, uint32_t max_bytes)
{
	return BatchBuilder({max_events, max_bytes, 0}, kEventsField);
}

TEST(Batch, IsFullAtItsNumberOfEvents)
{
	BatchBuilder batch = Builder(3, 100000);

	EXPECT_TRUE(batch.empty());
	EXPECT_EQ(Add(batch, 1, 1), Added::kRoom);
	EXPECT_EQ(Add(batch, 2, 2), Added::kRoom);
	EXPECT_EQ(Add(batch, 3, 3), Added::kFull);
	EXPECT_EQ(Ids(batch.Seal()), (std::vector<uint64_t>{1, 2, 3}));
	EXPECT_TRUE(batch.empty());
	EXPECT_EQ(Builder(1, 100000).Seal().events, 0U);
	EXPECT_EQ(Builder(1, 100000).Seal().oldest_unix_ns, 0U);
}

TEST(Batch, RefusesWhatWouldExceedItsBytesAndTakesItAfterwards)
{
	BatchBuilder one = Builder(100, 100000);
	Add(one, 1, 1);
	uint32_t event_bytes = one.Seal().size;
	// Room for three and a half, and for exactly three.
	BatchBuilder batch = Builder(100, event_bytes * 7 / 2), exact = Builder(100, event_bytes * 3);

	for (uint32_t id = 1; id <= 3; id++) {
		EXPECT_EQ(Add(batch, id, id), Added::kRoom);
		EXPECT_EQ(Add(exact, id, id), id == 3 ? Added::kFull : Added::kRoom);
	}
	EXPECT_EQ(Add(batch, 4, 4), Added::kRefused);
	EXPECT_EQ(Add(batch, 4, 4), Added::kRefused);
	EXPECT_EQ(Ids(batch.Seal()), (std::vector<uint64_t>{1, 2, 3}));
	EXPECT_EQ(Add(batch, 4, 4), Added::kRoom);
	EXPECT_EQ(Ids(batch.Seal()), (std::vector<uint64_t>{4}));
	EXPECT_EQ(exact.Seal().size, event_bytes * 3);
}

TEST(Batch, TakesOneEventOfAnySizeWhenEmpty)
{
	BatchBuilder batch = Builder(100, 1000);

	EXPECT_EQ(Add(batch, 1, 1, 60000), Added::kFull);
	EXPECT_EQ(Add(batch, 2, 2), Added::kRefused);
	EncodedBatch large = batch.Seal();
	EXPECT_EQ(FindField(Events(large)[0], 3).bytes.size(), 60000U);
	EXPECT_EQ(Add(batch, 2, 2), Added::kRoom);
	EXPECT_EQ(Add(batch, 3, 3, 60000), Added::kRefused);
	EXPECT_EQ(Ids(batch.Seal()), (std::vector<uint64_t>{2}));
}

TEST(Batch, PutsEventsInOrderOfTimeAndLeavesEqualTimesAlone)
{
	BatchBuilder batch = Builder(100, 100000);
	const uint64_t times[] = {50, 20, 50, 10, 20, 60};

	for (uint32_t i = 0; i < 6; i++) {
		// Sizes around the boundaries of the length prefix: what moves is not all of one size.
		Add(batch, times[i], i + 1, 100 + i * 10);
		EXPECT_EQ(batch.oldest_ns(), i == 0 ? 50U : i < 3 ? 20U : 10U);
	}
	EncodedBatch sorted = batch.Seal();
	EXPECT_EQ(Ids(sorted), (std::vector<uint64_t>{4, 2, 5, 1, 3, 6}));
	EXPECT_EQ(sorted.oldest_unix_ns, FindField(Events(sorted)[0], 1).value);
	for (const std::string &event : Events(sorted))
		EXPECT_EQ(FindField(event, 3).bytes.size(), 90 + FindField(event, 2).value * 10);
	// The next one begins anew.
	Add(batch, 5, 7);
	EXPECT_EQ(batch.oldest_ns(), 5U);
	EXPECT_EQ(Ids(batch.Seal()), (std::vector<uint64_t>{7}));
}

TEST(Batch, HasOneClockOffset)
{
	BatchBuilder batch = Builder(5000, 10000000);

	for (uint32_t i = 0; i < 5000; i++)
		Add(batch, 1000 + i, i);
	std::vector<std::string> events = Events(batch.Seal());
	uint64_t first = FindField(events[0], 1).value;
	for (uint32_t i = 0; i < 5000; i++)
		ASSERT_EQ(FindField(events[i], 1).value, first + i);
}

TEST(Batch, HoldsWhatManyRoundsPutIn)
{
	BatchBuilder batch = Builder(200, 20000);
	uint32_t next = 1, expected = 1;
	auto check = [&](const EncodedBatch &sealed) {
		EXPECT_LE(sealed.size, 20000U);
		for (uint64_t id : Ids(sealed))
			ASSERT_EQ(id, expected++);
	};

	while (next <= 20000) {
		Added added = Add(batch, next, next, next * 37 % 700);

		if (added != Added::kRefused)
			next++;
		if (added != Added::kRoom)
			check(batch.Seal());
	}
	check(batch.Seal());
	EXPECT_EQ(expected, next);
}

}  // namespace

}  // namespace sonde
