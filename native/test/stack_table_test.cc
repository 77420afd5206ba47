#include "core/stack_table.h"

#include <gtest/gtest.h>

namespace sonde {

namespace {

uint32_t IdOf(StackTable &table, const std::vector<uint64_t> &addresses, uint32_t tgid = 0, uint64_t start = 0)
{
	return table.IdOf(reinterpret_cast<const uint8_t *>(addresses.data()), addresses.size() * sizeof(uint64_t), tgid,
			  start);
}

TEST(StackTable, GivesEachStackOfEachProcessANumber)
{
	StackTable table;

	EXPECT_EQ(IdOf(table, {}), 0U);
	EXPECT_EQ(IdOf(table, {1, 2, 3}), 1U);
	EXPECT_EQ(IdOf(table, {1, 2}), 2U);
	EXPECT_EQ(IdOf(table, {1, 2, 3}), 1U);
	EXPECT_EQ(IdOf(table, {1, 2, 3}, 7, 70), 3U);
	EXPECT_EQ(IdOf(table, {1, 2, 3}, 7, 71), 4U);
	std::vector<Stack> stacks = table.Take();
	ASSERT_EQ(stacks.size(), 4U);
	EXPECT_EQ(stacks[0].id, 1U);
	EXPECT_FALSE(stacks[0].is_user);
	EXPECT_EQ(stacks[1].addresses, (std::vector<uint64_t>{1, 2}));
	EXPECT_EQ(stacks[3].id, 4U);
	EXPECT_TRUE(stacks[3].is_user);
	EXPECT_EQ(stacks[3].tgid, 7U);
	EXPECT_EQ(stacks[3].start_boottime_ns, 71U);
	EXPECT_TRUE(table.Take().empty());
	// Known, and mentioned anew.
	EXPECT_EQ(IdOf(table, {1, 2}), 2U);
	EXPECT_EQ(table.Take().size(), 1U);
}

TEST(StackTable, ReadsWholeAddressesOnly)
{
	StackTable table;
	std::vector<uint64_t> addresses = {1, 2};

	EXPECT_EQ(table.IdOf(reinterpret_cast<const uint8_t *>(addresses.data()), 15, 0, 0), 1U);
	EXPECT_EQ(table.Take()[0].addresses, (std::vector<uint64_t>{1}));
	EXPECT_EQ(table.IdOf(reinterpret_cast<const uint8_t *>(addresses.data()), 7, 0, 0), 0U);
}

TEST(StackTable, BeginsAnewWhenItIsFullAndNeverUsesANumberAgain)
{
	StackTable table;

	for (uint64_t i = 0; i < StackTable::kMostStacks; i++)
		ASSERT_EQ(IdOf(table, {i}), i + 1);
	// What has been mentioned is there until it is taken.
	EXPECT_EQ(IdOf(table, {1000000}), StackTable::kMostStacks + 1);
	EXPECT_EQ(table.Take().size(), StackTable::kMostStacks + 1);
	EXPECT_EQ(IdOf(table, {0}), StackTable::kMostStacks + 2);
	EXPECT_EQ(table.Take().size(), 1U);
}

}  // namespace

}  // namespace sonde
