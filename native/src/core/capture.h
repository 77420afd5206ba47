// What one trace has in the kernel, and the way of its events from there to sealed batches.
//
// The reader thread drains; a worker thread attaches and stops; any thread takes snapshots.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "allowance.h"
#include "batch.h"
#include "bpf_object.h"
#include "controls.h"
#include "counters.h"
#include "rings.h"
#include "trace_options.h"

namespace sonde {

struct SealedBatch {
	EncodedBatch events;
	uint64_t watermark_unix_ns;
};

// Where batches go. Called by the thread that drains.
class BatchSink {
public:
	virtual ~BatchSink() = default;
	// False: no more now; events wait in the ring.
	virtual bool HasRoom() const = 0;
	// Whether all that was pushed has arrived.
	virtual bool Idle() const = 0;
	virtual void Push(SealedBatch batch) = 0;
};

struct CaptureSnapshot {
	struct Probe {
		ProbeSnapshot counts;
		uint64_t misses;
	};
	std::vector<Probe> probes;
	// Up to when an idle trace is complete; 0 before the first look.
	uint64_t watermark_unix_ns;
	uint64_t reader_cpu_ns;  // CPU time of the reader thread
	// Why nothing comes out of the rings any more; empty while all is well.
	std::string failure;
};

// What the kernel charges for maps; see map_memory.h.
struct CaptureMemory {
	uint64_t shared_bytes = 0;
	std::vector<uint64_t> probe_bytes;
};

class Capture {
public:
	// Makes the rings and loads the programs. Throws Error.
	Capture(const TraceOptions &options, BatchSink &sink);

	// Throws Error(kAttachFailed); the capture can then only be destroyed.
	void Attach();

	static constexpr uint64_t kNever = UINT64_MAX;
	// Moves what is in the rings towards the sink. Gives when it wants to be called again, monotonic ns. A capture that
	// fails in it says so in its snapshots, pauses its programs, and leaves the rest in the rings.
	uint64_t Tick(uint64_t now_ns);
	// CPU time that Tick has taken.
	void AddReaderCpu(uint64_t ns);
	std::vector<int> RingFds() const { return rings_->Fds(); }

	// Detaches; from then on no event is made. Events that were made are still in the rings.
	void Detach();
	// Pushes all that is left, also to a sink without room, and frees everything in the kernel. The reader must not
	// know the capture any more. Snapshot and Programs go on giving the last state.
	void Finish();

	// Any thread, at any time; without effect after Finish. Detach pauses whatever is set here.
	void SetPaused(bool paused);
	// There is such a probe.
	void SetSampling(uint32_t probe, const Sampling &sampling);
	// Gives some probes other bodies: all or none. No hit is missed or seen twice. Not at the same time as Finish, and one
	// after the other. Throws Error, and everything is as before.
	void ReplaceBodies(const std::map<uint32_t, ProgramOptions> &bodies);
	// The next two with the next Tick; 0 is no limit.
	void SetEventsPerSecond(uint32_t events_per_second);
	void SetMaxEvents(uint64_t max_events);

	CaptureSnapshot Snapshot() const;
	std::vector<std::vector<ProgramInfo>> Programs() const;
	CaptureMemory Memory() const;

private:
	struct Probe {
		Probe(const ProbeOptions &options, const BpfSettings &settings);

		std::vector<ProgramInfo> Programs() const;
		uint64_t MemoryBytes() const;

		Plan plan;
		BpfSettings settings;
		BpfObject object;
		std::unique_ptr<BpfObject> body;  // in the place of the object's own
		Counters counters;
		Controls controls;
		std::atomic<uint64_t> encoded{0};
		std::atomic<uint64_t> over_limit{0};
	};

	CaptureMemory ReadMemory() const;
	uint64_t Look(uint64_t now_ns);
	void Fail(const std::string &why);
	bool HasFailed() const { return !failure_.empty(); }
	// Pauses when the events are enough, or no longer.
	void WatchLimit();
	// Gives whether the rings are empty.
	bool Drain(uint64_t now_ns, bool bounded);
	void Encode(const uint8_t *record, size_t bytes, bool *room);
	void Seal();
	CaptureSnapshot ReadSnapshot() const;
	std::vector<std::vector<ProgramInfo>> ReadPrograms() const;

	BatchSink &sink_;
	BatchLimits limits_;
	std::unique_ptr<Rings> rings_;
	CaptureMemory memory_;
	// Guards the next four against Finish; the reader is gone by then and needs no lock for them.
	mutable std::mutex mutex_;
	std::unique_ptr<Allowance> allowance_;
	std::vector<std::unique_ptr<Probe>> probes_;
	CaptureSnapshot last_snapshot_;
	std::vector<std::vector<ProgramInfo>> last_programs_;
	std::string failure_;  // written by who drains, under the mutex

	// Reader thread only.
	BatchBuilder batch_;
	int64_t unix_offset_ns_ = 0;
	uint64_t interval_ns_;
	uint64_t drained_ns_ = 0;  // when the last look began that found the end of every ring
	uint64_t records_ = 0;     // of the look under way
	uint64_t encoded_ = 0;     // of all probes
	bool at_limit_ = false;    // as the programs have been told

	std::atomic<uint64_t> max_events_;  // UINT64_MAX: no limit
	std::atomic<uint64_t> idle_watermark_{0};
	std::atomic<uint64_t> reader_cpu_ns_{0};
};

}  // namespace sonde
