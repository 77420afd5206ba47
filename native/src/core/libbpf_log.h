// What libbpf says on this thread while an object of this class lives. libbpf retries a refused load with a log and says
// that, so it holds the verifier's.
#pragma once

#include <string>

namespace sonde {

class LibbpfLog {
public:
	LibbpfLog();
	~LibbpfLog();
	LibbpfLog(const LibbpfLog &) = delete;
	LibbpfLog &operator=(const LibbpfLog &) = delete;

	// The end of it, where the reason stands.
	std::string Tail() const;

	// Call once, before libbpf is used.
	static void Install();

private:
	static constexpr size_t kTailBytes = 16384;

	std::string text_;
};

}  // namespace sonde
