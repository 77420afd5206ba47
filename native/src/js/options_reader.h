// Reads members of plain JavaScript objects; whatever is missing or of another type is refused by its name.
#pragma once

#include <napi.h>

#include <set>
#include <string>

namespace sonde {

// All throw Error(kInvalidArgument).
uint32_t NumberOf(const Napi::Object &object, const char *name);
int64_t LongOf(const Napi::Object &object, const char *name);
uint64_t BigIntOf(const Napi::Object &object, const char *name);
bool BooleanOf(const Napi::Object &object, const char *name);
std::string StringOf(const Napi::Object &object, const char *name);
std::set<std::string> StringsOf(const Napi::Object &object, const char *name);
// A copy.
std::string BytesOf(const Napi::Object &object, const char *name);
Napi::Object ObjectOf(const Napi::Object &object, const char *name);
Napi::Array ArrayOf(const Napi::Object &object, const char *name);

}  // namespace sonde
