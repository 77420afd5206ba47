#include "core/utf8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace sonde {

namespace {

const uint8_t *Bytes(const std::string &text) { return reinterpret_cast<const uint8_t *>(text.data()); }

bool Valid(const std::string &text)
{
	// A copy of exactly this size: a sanitizer then sees a read behind its end.
	std::vector<uint8_t> exact(text.begin(), text.end());

	return IsUtf8(exact.data(), exact.size());
}

std::string Replaced(const std::string &text)
{
	std::vector<uint8_t> out(text.size() * 3);

	out.resize(WriteUtf8Replaced(Bytes(text), text.size(), out.data()));
	return std::string(out.begin(), out.end());
}

const std::string kBad = "\uFFFD";

TEST(Utf8, KnowsTheFirstAndLastOfEveryLength)
{
	for (const std::string &text : {std::string("\0", 1), std::string("\x7F"), std::string("\u0080"),
					std::string("\u07FF"), std::string("\u0800"), std::string("\uD7FF"),
					std::string("\uE000"), std::string("\uFFFF"), std::string("\U00010000"),
					std::string("\U0010FFFF")}) {
		EXPECT_TRUE(Valid(text));
		EXPECT_TRUE(Valid("1234567" + text + "12345678"));
		EXPECT_EQ(Replaced(text), text);
	}
}

TEST(Utf8, RefusesWhatIsNotText)
{
	for (const char *text : {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
				 "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
				 "\xFE", "\xFF", "\xC2", "\xE1\x80", "\xF1\x80\x80", "\xC2\x41"}) {
		EXPECT_FALSE(Valid(text));
		EXPECT_FALSE(Valid("12345678" + std::string(text)));
	}
	EXPECT_TRUE(Valid(""));
}

// Unicode 15, section 3.9, tables 3-8 to 3-11.
TEST(Utf8, ReplacesEachMaximalPartOnce)
{
	EXPECT_EQ(Replaced("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
		  kBad + kBad + kBad + kBad + kBad + kBad + kBad + kBad + "A");
	EXPECT_EQ(Replaced("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"),
		  kBad + kBad + kBad + kBad + kBad + kBad + kBad + kBad + "A");
	EXPECT_EQ(Replaced("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
		  kBad + kBad + kBad + kBad + kBad + "A" + kBad + kBad + "B");
	EXPECT_EQ(Replaced("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), kBad + kBad + kBad + kBad + "A");
}

TEST(Utf8, ReplacesWithinItsBoundAndLeavesText)
{
	std::mt19937 random(1);

	for (int round = 0; round < 20000; round++) {
		std::string text(random() % 40, '\0');
		for (char &byte : text)
			byte = static_cast<char>(random() % 3 == 0 ? random() % 0x80 : 0x80 + random() % 0x80);
		std::string replaced = Replaced(text);

		ASSERT_LE(replaced.size(), text.size() * 3);
		ASSERT_TRUE(Valid(replaced));
		ASSERT_EQ(replaced == text, Valid(text));
	}
}

}  // namespace

}  // namespace sonde
