#include "core/plan.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace sonde {

namespace {

constexpr Step kTime = {Op::kKtime, 8, 0, 9, 0};
constexpr Step kBegin = {Op::kMessage, 0, 0, 18, 0};
constexpr Step kEnd = {Op::kEnd, 0, 0, 0, 0};

std::string Refusal(const std::vector<Step> &steps)
{
	try {
		Plan plan{steps};
	} catch (const Error &error) {
		EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
		return error.what();
	}
	return "";
}

TEST(Plan, RefusesWhatTheEncoderCannotDo)
{
	EXPECT_EQ(Refusal({}), "plan: the first step is not the time of the event");
	EXPECT_EQ(Refusal({kBegin, kTime, kEnd}), "plan: the first step is not the time of the event");
	EXPECT_EQ(Refusal({kTime, kBegin}), "plan: a message does not end");
	EXPECT_EQ(Refusal({kTime, kEnd, kBegin}), "plan: a message ends that did not begin");
	EXPECT_EQ(Refusal({kTime, kBegin, kBegin, kBegin, kBegin, kBegin, kEnd, kEnd, kEnd, kEnd, kEnd}),
		  "plan: more than 4 nested messages");
	EXPECT_EQ(Refusal({kTime, kBegin, kBegin, kBegin, kBegin, kEnd, kEnd, kEnd, kEnd}), "");
}

TEST(Plan, RefusesMembersBehindTheEndOfEveryRecord)
{
	EXPECT_EQ(Refusal({kTime, {Op::kUint32, 65532, 0, 16, 0}}), "plan: no record has 65536 bytes");
	EXPECT_EQ(Refusal({kTime, {Op::kUint32, UINT32_MAX, 0, 16, 0}}), "plan: no record has 4294967299 bytes");
	EXPECT_EQ(Refusal({kTime, {Op::kChars, 16, UINT32_MAX, 18, 26}}), "plan: no record has 4294967311 bytes");
	EXPECT_EQ(Refusal({kTime, {Op::kUint16, 65533, 0, 16, 0}}), "");
}

TEST(Plan, RefusesNamesThatItDoesNotHave)
{
	EXPECT_EQ(Refusal({kTime, {Op::kName, 16, 0, 18, 0}}), "plan: a step has no names");
}

TEST(Plan, KnowsWhatARecordMustHave)
{
	EXPECT_EQ(Plan({kTime}).minimum_bytes(), 16U);
	EXPECT_EQ(Plan({kTime}).time_offset(), 8U);
	EXPECT_EQ(Plan({kTime, {Op::kUint8, 40, 0, 16, 0}}).minimum_bytes(), 41U);
	EXPECT_EQ(Plan({kTime, {Op::kChars, 16, 5, 18, 26}}).minimum_bytes(), 21U);
	EXPECT_EQ(Plan({kTime, {Op::kString, 16, 0, 18, 26}, {Op::kUint8, 3, 0, 32, 0}}).minimum_bytes(), 20U);
}

}  // namespace

}  // namespace sonde
