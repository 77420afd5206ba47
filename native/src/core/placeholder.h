// Functions of a BPF object whose instructions stand for others that are known only when it is loaded; made by
// SONDE_FILTER_PLACEHOLDER in bpf/include/filter.bpf.h.
#pragma once

#include <string>

namespace sonde {

// Puts code into the ELF image in the place of a function's dummy instructions: it is given in r1 what the function is
// given, and leaves the result in r0 at its end. Throws Error(kInvalidObject) if the image has no such placeholder or the
// code does not fit.
void FillPlaceholder(std::string *image, const std::string &function, const std::string &code);

}  // namespace sonde
