// Any bytes in place of a BPF object, and code of any length for its placeholder. In the input: the length, then the image.
#include "core/placeholder.h"

#include "core/error.h"
#include "fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	using namespace sonde;
	Input input(data, size);
	std::string code(input.Take<uint8_t>() * sizeof(uint64_t), 'c');
	auto [bytes, length] = input.TakeBytes(size);
	std::string image(reinterpret_cast<const char *>(bytes.get()), length);

	try {
		FillPlaceholder(&image, "filter_early", code);
		Require(image.size() == length && image.find(code) != std::string::npos);
	} catch (const Error &error) {
		Require(error.code() == ErrorCode::kInvalidObject);
	}
	return 0;
}
