#include "libbpf_log.h"

#include <bpf/libbpf.h>

#include <cstdarg>
#include <cstdio>
#include <vector>

namespace sonde {

namespace {

// libbpf has one print function for the whole process; what it prints is kept apart by thread.
thread_local std::string *current = nullptr;

int Print(libbpf_print_level level, const char *format, va_list arguments)
{
	va_list again;

	if (level == LIBBPF_DEBUG || current == nullptr)
		return 0;
	va_copy(again, arguments);
	int length = vsnprintf(nullptr, 0, format, arguments);
	if (length > 0) {
		std::vector<char> text(static_cast<size_t>(length) + 1);

		vsnprintf(text.data(), text.size(), format, again);
		current->append(text.data(), static_cast<size_t>(length));
	}
	va_end(again);
	return length;
}

}  // namespace

LibbpfLog::LibbpfLog() { current = &text_; }

LibbpfLog::~LibbpfLog() { current = nullptr; }

std::string LibbpfLog::Tail() const
{
	return text_.size() <= kTailBytes ? text_ : text_.substr(text_.size() - kTailBytes);
}

void LibbpfLog::Install() { libbpf_set_print(Print); }

}  // namespace sonde
