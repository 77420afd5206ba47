// Linux names are bytes; a protobuf string must be UTF-8.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sonde {

bool IsUtf8(const uint8_t *text, size_t length);

// Writes `text` with every maximal ill-formed part replaced by U+FFFD (the same as WHATWG's decoder does) and gives
// the bytes written: at most 3 * length.
size_t WriteUtf8Replaced(const uint8_t *text, size_t length, uint8_t *out);

}  // namespace sonde
