#include "utf8.h"

#include <cstring>

namespace sonde {

namespace {

struct Sequence {
	size_t length;  // bytes of the character, or of the ill-formed part
	bool valid;
};

// Unicode 15, table 3-7: well-formed byte sequences.
Sequence Next(const uint8_t *text, size_t left)
{
	uint8_t first = text[0], low = 0x80, high = 0xBF;
	size_t more;

	if (first < 0x80)
		return {1, true};
	if (first >= 0xC2 && first <= 0xDF) {
		more = 1;
	} else if (first >= 0xE0 && first <= 0xEF) {
		more = 2;
		if (first == 0xE0)
			low = 0xA0;
		if (first == 0xED)
			high = 0x9F;
	} else if (first >= 0xF0 && first <= 0xF4) {
		more = 3;
		if (first == 0xF0)
			low = 0x90;
		if (first == 0xF4)
			high = 0x8F;
	} else {
		return {1, false};
	}
	for (size_t i = 1; i <= more; i++) {
		if (i >= left || text[i] < low || text[i] > high)
			return {i, false};
		low = 0x80;
		high = 0xBF;
	}
	return {more + 1, true};
}

// Bytes at the start that are ASCII, found eight at a time: nearly all names are nothing else.
size_t AsciiPrefix(const uint8_t *text, size_t length)
{
	size_t i = 0;
	uint64_t chunk;

	for (; i + sizeof(chunk) <= length; i += sizeof(chunk)) {
		memcpy(&chunk, text + i, sizeof(chunk));
		if (chunk & 0x8080808080808080ULL)
			break;
	}
	while (i < length && text[i] < 0x80)
		i++;
	return i;
}

}  // namespace

bool IsUtf8(const uint8_t *text, size_t length)
{
	size_t i = AsciiPrefix(text, length);

	while (i < length) {
		Sequence next = Next(text + i, length - i);

		if (!next.valid)
			return false;
		i += next.length;
	}
	return true;
}

size_t WriteUtf8Replaced(const uint8_t *text, size_t length, uint8_t *out)
{
	static const uint8_t kReplacement[] = {0xEF, 0xBF, 0xBD};
	uint8_t *start = out;

	for (size_t i = 0; i < length;) {
		// Names that are not UTF-8 are mostly ASCII too, with a letter here and there.
		size_t ascii = AsciiPrefix(text + i, length - i);

		memcpy(out, text + i, ascii);
		out += ascii;
		i += ascii;
		if (i == length)
			break;
		Sequence next = Next(text + i, length - i);

		if (next.valid) {
			memcpy(out, text + i, next.length);
			out += next.length;
		} else {
			memcpy(out, kReplacement, sizeof(kReplacement));
			out += sizeof(kReplacement);
		}
		i += next.length;
	}
	return static_cast<size_t>(out - start);
}

}  // namespace sonde
