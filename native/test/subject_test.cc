#include "core/subject.h"

#include <gtest/gtest.h>

#include <cstring>

namespace sonde {

namespace {

struct Record {
	uint64_t other;
	uint32_t tgid;
	uint32_t uid;
	uint64_t cgroup;
	uint64_t start;
};

constexpr SubjectOffsets kOffsets = {offsetof(Record, start), offsetof(Record, cgroup), offsetof(Record, tgid),
				     offsetof(Record, uid)};

void Add(Subjects &subjects, const Record &record)
{
	subjects.Add(reinterpret_cast<const uint8_t *>(&record), kOffsets);
}

TEST(Subjects, AreThereOnceInTheirOrder)
{
	Subjects subjects;

	for (uint64_t round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 1000; i++) {
			// Neighbours are often the same.
			Add(subjects, {round, i / 2, 0, 5, 100 + i / 2});
		}
	}
	std::vector<Subject> list = subjects.Take();
	ASSERT_EQ(list.size(), 500U);
	for (uint32_t i = 0; i < 500; i++)
		EXPECT_EQ(list[i], (Subject{100 + i, 5, i, 0}));
	EXPECT_TRUE(subjects.Take().empty());
}

TEST(Subjects, DifferInEachOfTheirParts)
{
	Subjects subjects;

	for (const Record &record : {Record{0, 1, 2, 3, 4}, Record{0, 9, 2, 3, 4}, Record{0, 1, 9, 3, 4}, Record{0, 1, 2, 9, 4},
				     Record{0, 1, 2, 3, 9}, Record{1, 1, 2, 3, 4}})
		Add(subjects, record);
	EXPECT_EQ(subjects.Take().size(), 5U);
}

}  // namespace

}  // namespace sonde
