#include "core/encoder.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "wire.h"

namespace sonde {

namespace {

constexpr uint32_t kEventsField = 8;
constexpr int64_t kUnixOffset = 1700000000000000000;
constexpr uint32_t kVarint = 0, kFixed64 = 1, kBytes = 2;

constexpr uint32_t Tag(uint32_t number, uint32_t wire_type) { return number << 3 | wire_type; }

struct Text {
	uint16_t offset, length;
};

// A member of each kind.
struct Fixed {
	uint64_t time;
	uint64_t u64;
	int64_t i64;
	uint32_t u32;
	int32_t i32;
	uint16_t u16;
	uint8_t u8;
	bool flag;
	char name[8];
	Text first, second;
};

#define AT(member) static_cast<uint32_t>(offsetof(Fixed, member))

const Plan &EveryStep()
{
	static const Plan plan({{Op::kKtime, AT(time), 0, Tag(1, kFixed64), 0},
				{Op::kUint8, AT(u8), 0, Tag(2, kVarint), 0},
				{Op::kUint16, AT(u16), 0, Tag(3, kVarint), 0},
				{Op::kMessage, 0, 0, Tag(4, kBytes), 0},
				{Op::kUint32, AT(u32), 0, Tag(1, kVarint), 0},
				{Op::kInt32, AT(i32), 0, Tag(2, kVarint), 0},
				{Op::kMessage, 0, 0, Tag(3, kBytes), 0},
				{Op::kUint64, AT(u64), 0, Tag(1, kVarint), 0},
				{Op::kInt64, AT(i64), 0, Tag(536870911, kVarint), 0},
				{Op::kEnd, 0, 0, 0, 0},
				{Op::kBool, AT(flag), 0, Tag(4, kVarint), 0},
				{Op::kEnd, 0, 0, 0, 0},
				{Op::kChars, AT(name), 8, Tag(5, kBytes), Tag(6, kBytes)},
				{Op::kString, AT(first), 0, Tag(100, kBytes), Tag(101, kBytes)},
				{Op::kString, AT(second), 0, Tag(102, kBytes), Tag(103, kBytes)}});

	return plan;
}

std::string RecordOf(Fixed fixed, const std::string &first = "", const std::string &second = "")
{
	fixed.first = {sizeof(Fixed), static_cast<uint16_t>(first.size())};
	fixed.second = {static_cast<uint16_t>(sizeof(Fixed) + first.size()), static_cast<uint16_t>(second.size())};
	return std::string(reinterpret_cast<const char *>(&fixed), sizeof(fixed)) + first + second;
}

// Encodes into a buffer of exactly the size that is promised to be enough, from one of exactly the record's, and gives
// what stands behind tag and length.
std::string Encode(const Plan &plan, const std::string &record)
{
	size_t bound = EncodedBound(plan, record.size());
	std::unique_ptr<uint8_t[]> in(new uint8_t[record.size()]), out(new uint8_t[bound]);

	memcpy(in.get(), record.data(), record.size());
	StackTable stacks;
	size_t written = EncodeEvent(plan, kEventsField, in.get(), record.size(), kUnixOffset, stacks, out.get());
	EXPECT_LE(written, bound);
	std::vector<WireField> events = WireFields({reinterpret_cast<const char *>(out.get()), written});
	EXPECT_EQ(events.size(), 1U);
	EXPECT_EQ(events[0].number, kEventsField);
	return std::string(events[0].bytes);
}

TEST(Encoder, WritesEachKindOfStep)
{
	Fixed fixed{};

	fixed.time = 12345;
	fixed.u64 = UINT64_MAX;
	fixed.i64 = -5;
	fixed.u32 = UINT32_MAX;
	fixed.i32 = -2;
	fixed.u16 = UINT16_MAX;
	fixed.u8 = UINT8_MAX;
	fixed.flag = true;
	memcpy(fixed.name, "name\0xyz", 8);
	std::string event = Encode(EveryStep(), RecordOf(fixed, "first", "second"));
	std::string_view outer = FindField(event, 4).bytes, inner = FindField(outer, 3).bytes;

	EXPECT_EQ(FindField(event, 1).wire_type, kFixed64);
	EXPECT_EQ(FindField(event, 1).value, static_cast<uint64_t>(kUnixOffset) + 12345);
	EXPECT_EQ(FindField(event, 2).value, UINT8_MAX);
	EXPECT_EQ(FindField(event, 3).value, UINT16_MAX);
	EXPECT_EQ(FindField(outer, 1).value, UINT32_MAX);
	EXPECT_EQ(static_cast<int64_t>(FindField(outer, 2).value), -2);
	EXPECT_EQ(FindField(outer, 4).value, 1U);
	EXPECT_EQ(FindField(inner, 1).value, UINT64_MAX);
	EXPECT_EQ(static_cast<int64_t>(FindField(inner, 536870911).value), -5);
	EXPECT_EQ(FindField(event, 5).bytes, "name");
	EXPECT_EQ(FindField(event, 100).bytes, "first");
	EXPECT_EQ(FindField(event, 102).bytes, "second");
	EXPECT_EQ(WireFields(event).size(), 7U) << "no raw fields for valid text";
}

struct Other {
	uint64_t time;
	uint8_t address[16];
	uint32_t reason;
	Text list;
};

const Plan &OtherSteps()
{
	static const Plan plan({{Op::kKtime, offsetof(Other, time), 0, Tag(1, kFixed64), 0},
				{Op::kAddress, offsetof(Other, address), 0, Tag(2, kBytes), 0},
				{Op::kName, offsetof(Other, reason), 0, Tag(3, kBytes), 0},
				{Op::kStrings, offsetof(Other, list), 0, Tag(4, kBytes), Tag(5, kBytes)}},
			       {{"", "ONE", "", "THREE"}});

	return plan;
}

std::string OtherRecord(Other other, const std::string &list = "")
{
	other.list = {sizeof(Other), static_cast<uint16_t>(list.size())};
	return std::string(reinterpret_cast<const char *>(&other), sizeof(other)) + list;
}

std::vector<std::string> All(std::string_view message, uint32_t number)
{
	std::vector<std::string> found;

	for (const WireField &field : WireFields(message)) {
		if (field.number == number)
			found.emplace_back(field.bytes);
	}
	return found;
}

TEST(Encoder, WritesAddressesWithFourBytesIfTheyAreOfIpv4)
{
	Other other{};
	const uint8_t mapped[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};

	EXPECT_EQ(FindField(Encode(OtherSteps(), OtherRecord(other)), 2).bytes, std::string(16, '\0'));
	memcpy(other.address, mapped, sizeof(mapped));
	std::string event = Encode(OtherSteps(), OtherRecord(other));
	EXPECT_EQ(FindField(event, 2).bytes, "\xc0" + std::string("\0\2\1", 3));
	other.address[0] = 1;
	event = Encode(OtherSteps(), OtherRecord(other));
	EXPECT_EQ(FindField(event, 2).bytes.size(), 16U);
}

TEST(Encoder, WritesNumbersByTheirNames)
{
	Other other{};

	EXPECT_EQ(All(Encode(OtherSteps(), OtherRecord(other)), 3), std::vector<std::string>{});
	for (const auto &[number, name] : std::vector<std::pair<uint32_t, std::string>>{
		 {1, "ONE"}, {3, "THREE"}, {2, "2"}, {4, "4"}, {UINT32_MAX, "4294967295"}}) {
		other.reason = number;
		EXPECT_EQ(FindField(Encode(OtherSteps(), OtherRecord(other)), 3).bytes, name);
	}
}

TEST(Encoder, WritesListsOfTexts)
{
	using Texts = std::vector<std::string>;
	const std::string nul(1, '\0');
	std::string plain = Encode(OtherSteps(), OtherRecord({}, "a" + nul + nul + "bc" + nul));

	EXPECT_EQ(All(plain, 4), (Texts{"a", "", "bc"}));
	EXPECT_EQ(All(plain, 5), Texts{});
	EXPECT_EQ(All(Encode(OtherSteps(), OtherRecord({}, "cu")), 4), Texts{"cu"}) << "cut before its NUL";
	EXPECT_EQ(All(Encode(OtherSteps(), OtherRecord({})), 4), Texts{});
	std::string raw = Encode(OtherSteps(), OtherRecord({}, "a" + nul + "\xff" + nul + nul));
	EXPECT_EQ(All(raw, 4), (Texts{"a", "\xef\xbf\xbd", ""}));
	EXPECT_EQ(All(raw, 5), (Texts{"a", "\xff", ""})) << "of all of them, if one is no text";
	// What takes the most for each byte: Encode() looks whether there was room.
	Encode(OtherSteps(), OtherRecord({}, std::string(500, '\0') + "\xff"));
}

TEST(Encoder, LeavesOutDefaults)
{
	std::string event = Encode(EveryStep(), RecordOf(Fixed{}));

	EXPECT_EQ(WireFields(event).size(), 2U) << "the time, and the message that holds nothing but another";
	EXPECT_EQ(FindField(event, 1).value, static_cast<uint64_t>(kUnixOffset));
	EXPECT_EQ(FindField(FindField(event, 4).bytes, 3).bytes, "");
}

TEST(Encoder, TakesAllCharsWhereThereIsNoNul)
{
	Fixed fixed{};

	memcpy(fixed.name, "12345678", 8);
	fixed.first = {0, 0};
	EXPECT_EQ(FindField(Encode(EveryStep(), RecordOf(fixed)), 5).bytes, "12345678");
}

TEST(Encoder, SendsTheBytesOfWhatIsNotTextBesideIt)
{
	Fixed fixed{};

	memcpy(fixed.name, "a\xFF", 2);
	std::string event = Encode(EveryStep(), RecordOf(fixed, "\xE1\x80 b", "fine"));

	EXPECT_EQ(FindField(event, 5).bytes, "a\uFFFD");
	EXPECT_EQ(FindField(event, 6).bytes, "a\xFF");
	EXPECT_EQ(FindField(event, 100).bytes, "\uFFFD b");
	EXPECT_EQ(FindField(event, 101).bytes, "\xE1\x80 b");
	EXPECT_EQ(FindField(event, 103).wire_type, 7U) << "the other one is valid";
}

TEST(Encoder, LeavesOutStringsOutsideOfTheRecord)
{
	std::string good = RecordOf(Fixed{}, "text");
	uint16_t end = static_cast<uint16_t>(good.size());

	for (Text text : {Text{end, 1}, Text{static_cast<uint16_t>(end - 1), 2}, Text{0, static_cast<uint16_t>(end + 1)},
			  Text{UINT16_MAX, UINT16_MAX}, Text{UINT16_MAX, 1}, Text{1, UINT16_MAX}}) {
		std::string record = good;

		memcpy(&record[AT(first)], &text, sizeof(text));
		EXPECT_EQ(FindField(Encode(EveryStep(), record), 100).wire_type, 7U) << text.offset << ' ' << text.length;
	}
	std::string record = good;
	Text last = {static_cast<uint16_t>(end - 1), 1};
	memcpy(&record[AT(first)], &last, sizeof(last));
	EXPECT_EQ(FindField(Encode(EveryStep(), record), 100).bytes, "t");
}

TEST(Encoder, HasRoomForStringsThatAllCoverTheWholeRecord)
{
	std::string record = RecordOf(Fixed{}, std::string(3000, '\xFF'));
	Text all = {0, static_cast<uint16_t>(record.size())};

	memset(&record[AT(name)], 0xFF, 8);
	memcpy(&record[AT(first)], &all, sizeof(all));
	memcpy(&record[AT(second)], &all, sizeof(all));
	std::string event = Encode(EveryStep(), record);
	EXPECT_EQ(FindField(event, 101).bytes, record);
	EXPECT_EQ(FindField(event, 102).wire_type, 7U) << "there is no more text than bytes";
}

// Where the length of a message or text takes one byte more; the messages around it then move.
TEST(Encoder, WritesLengthsOfEverySize)
{
	std::vector<size_t> lengths = {0, 1};

	for (size_t around : {size_t{0x80}, size_t{0x4000}}) {
		for (size_t length = around - 40; length < around + 8; length++)
			lengths.push_back(length);
	}
	lengths.push_back(UINT16_MAX - sizeof(Fixed));
	for (size_t length : lengths) {
		std::string text(length, 'x'), event = Encode(EveryStep(), RecordOf(Fixed{}, text));

		ASSERT_EQ(FindField(event, 100).bytes, text);
	}
}

TEST(Encoder, MovesEveryMessageAroundALongText)
{
	Step begin = {Op::kMessage, 0, 0, Tag(1, kBytes), 0}, end = {Op::kEnd, 0, 0, 0, 0};
	Step time = {Op::kKtime, AT(time), 0, Tag(1, kFixed64), 0};
	Step text = {Op::kString, AT(first), 0, Tag(2, kBytes), Tag(3, kBytes)};
	Step number = {Op::kUint32, AT(u32), 0, Tag(4, kVarint), 0};
	Plan plan({time, begin, begin, begin, begin, text, end, number, end, number, end, number, end, number});
	Fixed fixed{};

	fixed.u32 = 77;
	for (size_t length = 90; length < 150; length++) {
		// Replaced it has three times its bytes: the length that is written is not the one of the record.
		std::string event = Encode(plan, RecordOf(fixed, std::string(length, '\xFF')));
		std::string_view message = event;

		ASSERT_EQ(FindField(message, 4).value, 77U);
		for (int depth = 0; depth < 3; depth++) {
			// The first field of the event is its time, with the number of the message.
			message = depth == 0 ? WireFields(message)[1].bytes : FindField(message, 1).bytes;
			ASSERT_EQ(FindField(message, 4).value, 77U);
		}
		ASSERT_EQ(FindField(FindField(message, 1).bytes, 2).bytes.size(), length * 3);
		ASSERT_EQ(FindField(FindField(message, 1).bytes, 3).bytes, std::string(length, '\xFF'));
	}
}

TEST(Encoder, MakesAMessageOfAnyBytes)
{
	std::mt19937 random(7);

	for (int round = 0; round < 20000; round++) {
		std::string record(EveryStep().minimum_bytes() + random() % 300, '\0');
		for (char &byte : record)
			byte = static_cast<char>(random() % 4 == 0 ? 0 : random());
		std::string event = Encode(EveryStep(), record);

		for (const WireField &field : WireFields(event)) {
			if (field.number == 4)
				WireFields(FindField(field.bytes, 3).bytes);
		}
	}
}

}  // namespace

}  // namespace sonde
