// What the tests of captures share: the probe file.open as the package has it, threads that open files, and a sink that
// counts what arrives of them.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/capture.h"

namespace sonde {

// Settings under which nothing is lost.
TraceOptions FileOpenOptions();

// Opens a missing file whose path has `tag` in it: how a test tells its events from others.
void OpenMissing(const std::string &tag);

// Threads that open missing files until they are stopped.
class Openers {
public:
	explicit Openers(int threads);
	~Openers();
	Openers(const Openers &) = delete;
	Openers &operator=(const Openers &) = delete;

private:
	std::atomic<bool> stop_{false};
	std::vector<std::thread> threads_;
};

// Takes batches apart on arrival.
class CountingSink : public BatchSink {
public:
	bool HasRoom() const override { return has_room_; }
	bool Idle() const override { return true; }
	void Push(SealedBatch batch) override;

	void SetRoom(bool has_room) { has_room_ = has_room; }
	uint64_t events() const { return events_; }
	// By path, those of this process.
	std::map<std::string, uint64_t> own() const;

private:
	std::atomic<bool> has_room_{true};
	std::atomic<uint64_t> events_{0};
	mutable std::mutex mutex_;
	std::map<std::string, uint64_t> own_;
};

// Whether the events of an ended capture all have an outcome, and all that were delivered were encoded.
bool AddsUp(const CaptureSnapshot &snapshot);

}  // namespace sonde
