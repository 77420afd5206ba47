// Any bytes as text: what is written is UTF-8, at most three times as long, and the same if it was UTF-8 before.
#include "core/utf8.h"

#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	using namespace sonde;
	auto [text, length] = Input(data, size).TakeBytes(size);
	std::unique_ptr<uint8_t[]> out(new uint8_t[3 * length]);
	size_t written = WriteUtf8Replaced(text.get(), length, out.get());

	Require(written <= 3 * length);
	Require(IsUtf8(out.get(), written));
	bool is_same = written == length && std::equal(out.get(), out.get() + written, text.get());
	Require(is_same == IsUtf8(text.get(), length));
	return 0;
}
