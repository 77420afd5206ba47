#include "capture.h"

#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "clock.h"
#include "error.h"
#include "map_memory.h"

namespace sonde {

namespace {

constexpr uint64_t kMillisecond = 1000000;
// While events flow the rings are looked at this often: a wakeup per event costs more than the event.
constexpr uint64_t kFlowingNs = kMillisecond;
// The longest pause between two looks: the rate limit refills a tenth of a second at most.
constexpr uint64_t kLongestPauseNs = 50 * kMillisecond;
// A program takes the time of its event some microseconds before the event is in the ring, or more if it is preempted.
constexpr uint64_t kWatermarkSlackNs = 5 * kMillisecond;
// How long Detach waits for programs that are running.
constexpr uint64_t kQuiesceNs = 100 * kMillisecond;

uint32_t PossibleCpus()
{
	int cpus = libbpf_num_possible_cpus();

	if (cpus <= 0)
		throw Error(ErrorCode::kKernelRefused, ErrnoMessage("cannot count the CPUs", cpus));
	return static_cast<uint32_t>(cpus);
}

// The reader compares with one number.
uint64_t LimitOf(uint64_t max_events) { return max_events == 0 ? UINT64_MAX : max_events; }

uint64_t InFlight(const ProbeSnapshot &counts)
{
	return counts.fired - counts.paused - counts.sampled_out - counts.start_lost - counts.filter_error -
	       counts.rejected - counts.rate_limited - counts.ring_full - counts.delivered;
}

}  // namespace

Capture::Probe::Probe(const ProbeOptions &options, const BpfSettings &settings)
    : plan(options.plan), settings(settings), object(options.programs, settings),
      counters(object.MapFd("counters"), settings.cpus), controls(object.MapFd("controls"))
{
	controls.Sample(options.sampling);
}

std::vector<ProgramInfo> Capture::Probe::Programs() const
{
	std::vector<ProgramInfo> programs = object.Programs();

	if (body) {
		std::vector<ProgramInfo> own = body->Programs();
		programs.insert(programs.begin(), own.begin(), own.end());
	}
	return programs;
}

uint64_t Capture::Probe::MemoryBytes() const { return object.MemoryBytes() + (body ? body->MemoryBytes() : 0); }

Capture::Capture(const TraceOptions &options, BatchSink &sink)
    : sink_(sink), limits_(options.batch), batch_(options.batch, options.events_field, options.wants_subjects),
      interval_ns_(kFlowingNs), max_events_(LimitOf(options.max_events))
{
	uint32_t cpus = PossibleCpus();

	rings_ = std::make_unique<Rings>(options.ring_count, options.ring_bytes);
	allowance_ = std::make_unique<Allowance>(cpus, options.events_per_second, MonotonicNs());
	for (uint32_t i = 0; i < options.probes.size(); i++) {
		BpfSettings settings{i,
				     options.ring_count - 1,
				     options.ring_bytes / 2,
				     cpus,
				     rings_->map_fd(),
				     allowance_->map_fd()};

		probes_.push_back(std::make_unique<Probe>(options.probes[i], settings));
	}
	memory_ = ReadMemory();
}

CaptureMemory Capture::ReadMemory() const
{
	CaptureMemory memory;

	memory.shared_bytes = rings_->MemoryBytes() + MapMemoryBytes(allowance_->map_fd());
	for (const auto &probe : probes_)
		memory.probe_bytes.push_back(probe->MemoryBytes());
	return memory;
}

void Capture::Attach()
{
	for (auto &probe : probes_)
		probe->object.Attach();
}

uint64_t Capture::Tick(uint64_t now_ns)
{
	if (HasFailed())
		return kNever;
	// Nobody is above the reader thread: what got out of it would end the process, and all traces with it.
	try {
		return Look(now_ns);
	} catch (const std::exception &error) {
		Fail(error.what());
		return kNever;
	}
}

void Capture::Fail(const std::string &why)
{
	for (auto &probe : probes_)
		probe->controls.SetPaused(PausedBy::kFailure, true);
	std::lock_guard<std::mutex> lock(mutex_);
	failure_ = why;
}

uint64_t Capture::Look(uint64_t now_ns)
{
	uint64_t longest = std::min(std::max(limits_.max_delay_ns, kFlowingNs), kLongestPauseNs);

	allowance_->Refill(now_ns);
	WatchLimit();
	if (!sink_.HasRoom())
		return now_ns + kFlowingNs;
	records_ = 0;
	bool all = Drain(now_ns, true);
	uint64_t after_ns = MonotonicNs();
	// Before the delay is over rather than after it: a look that is waited for comes up to a millisecond late.
	if (!batch_.empty() && after_ns + kFlowingNs >= batch_.oldest_ns() + limits_.max_delay_ns)
		Seal();
	if (all && batch_.empty() && sink_.Idle())
		idle_watermark_.store(now_ns - kWatermarkSlackNs + static_cast<uint64_t>(unix_offset_ns_),
				      std::memory_order_release);
	interval_ns_ = records_ > 0 || !all ? kFlowingNs : std::min(interval_ns_ * 2, longest);
	uint64_t next = after_ns + interval_ns_;
	return batch_.empty() ? next : std::min(next, batch_.oldest_ns() + limits_.max_delay_ns - kFlowingNs);
}

bool Capture::Drain(uint64_t now_ns, bool bounded)
{
	bool room = true;

	unix_offset_ns_ = UnixOffsetNs();
	bool all = rings_->Consume([&](const uint8_t *record, size_t bytes) {
		if (!room && bounded)
			return false;
		Encode(record, bytes, &room);
		return true;
	});
	if (all)
		drained_ns_ = now_ns;
	return all;
}

void Capture::Encode(const uint8_t *record, size_t bytes, bool *room)
{
	uint32_t index;

	memcpy(&index, record, sizeof(index));
	// None of our programs makes one; what would come behind it cannot be trusted.
	if (index >= probes_.size() || bytes < probes_[index]->plan.minimum_bytes())
		throw Error(ErrorCode::kInvalidObject,
			    "a record of " + std::to_string(bytes) + " bytes fits no probe (it names probe " +
				std::to_string(index) + ")");
	Probe &probe = *probes_[index];
	records_++;
	if (encoded_ >= max_events_.load(std::memory_order_relaxed)) {
		probe.over_limit.fetch_add(1, std::memory_order_release);
		return;
	}
	Added added = batch_.Add(probe.plan, record, bytes);
	if (added == Added::kRefused) {
		Seal();
		added = batch_.Add(probe.plan, record, bytes);
		*room = sink_.HasRoom();
	}
	probe.encoded.fetch_add(1, std::memory_order_release);
	encoded_++;
	if (added == Added::kFull) {
		Seal();
		*room = sink_.HasRoom();
	}
	WatchLimit();
}

void Capture::WatchLimit()
{
	bool reached = encoded_ >= max_events_.load(std::memory_order_acquire);

	if (reached == at_limit_)
		return;
	at_limit_ = reached;
	for (auto &probe : probes_)
		probe->controls.SetPaused(PausedBy::kLimit, reached);
	if (reached && !batch_.empty())
		Seal();
}

void Capture::Seal()
{
	EncodedBatch events = batch_.Seal();
	uint64_t complete_ns = drained_ns_ - std::min(drained_ns_, kWatermarkSlackNs);
	sink_.Push({std::move(events), complete_ns == 0 ? 0 : complete_ns + static_cast<uint64_t>(unix_offset_ns_)});
}

void Capture::Detach()
{
	for (auto &probe : probes_)
		probe->controls.SetPaused(PausedBy::kEnd, true);
	for (auto &probe : probes_)
		probe->object.Detach();
	// Every CPU has left the programs that were running when this returns; their counts are then visible here.
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	uint64_t give_up_ns = MonotonicNs() + kQuiesceNs;
	for (auto &probe : probes_) {
		while (InFlight(probe->counters.Read(0, 0)) != 0 && MonotonicNs() < give_up_ns)
			usleep(1000);
	}
}

void Capture::Finish()
{
	bool all = false;

	try {
		all = !HasFailed() && Drain(MonotonicNs(), false);
		if (!batch_.empty())
			Seal();
	} catch (const std::exception &error) {
		Fail(error.what());
	}
	decltype(probes_) old_probes;
	std::lock_guard<std::mutex> lock(mutex_);
	if (all)
		idle_watermark_.store(MonotonicNs() + static_cast<uint64_t>(unix_offset_ns_));
	last_snapshot_ = ReadSnapshot();
	last_programs_ = ReadPrograms();
	// Destroyed last, when the lock is free.
	old_probes.swap(probes_);
	rings_.reset();
	allowance_.reset();
}

void Capture::SetPaused(bool paused)
{
	std::lock_guard<std::mutex> lock(mutex_);

	for (auto &probe : probes_)
		probe->controls.SetPaused(PausedBy::kOwner, paused);
}

void Capture::SetSampling(uint32_t probe, const Sampling &sampling)
{
	std::lock_guard<std::mutex> lock(mutex_);

	if (!probes_.empty())
		probes_[probe]->controls.Sample(sampling);
}

void Capture::ReplaceBodies(const std::map<uint32_t, ProgramOptions> &bodies)
{
	std::map<uint32_t, std::unique_ptr<BpfObject>> loaded;
	// Let go of when the lock is free: that takes a while, and snapshots wait for it.
	std::vector<std::unique_ptr<BpfObject>> old_bodies;
	std::vector<std::pair<FilterMaps, FilterMaps>> old_maps;

	for (const auto &[index, options] : bodies) {
		Probe &probe = *probes_.at(index);

		loaded[index] = std::make_unique<BpfObject>(options, probe.settings, &probe.object);
	}
	std::lock_guard<std::mutex> lock(mutex_);
	for (auto &[index, body] : loaded) {
		Probe &probe = *probes_[index];

		// The map takes any program of the kind that is in it: this does not fail.
		body->ReplaceBodies(probe.object);
		old_bodies.push_back(std::exchange(probe.body, std::move(body)));
		old_maps.push_back(probe.object.UnloadBodies());
	}
	memory_ = ReadMemory();
}

CaptureMemory Capture::Memory() const
{
	std::lock_guard<std::mutex> lock(mutex_);

	return memory_;
}

void Capture::SetEventsPerSecond(uint32_t events_per_second)
{
	std::lock_guard<std::mutex> lock(mutex_);

	if (allowance_)
		allowance_->SetRate(events_per_second);
}

void Capture::AddReaderCpu(uint64_t ns) { reader_cpu_ns_.fetch_add(ns, std::memory_order_relaxed); }

void Capture::SetMaxEvents(uint64_t max_events)
{
	max_events_.store(LimitOf(max_events), std::memory_order_release);
}

CaptureSnapshot Capture::ReadSnapshot() const
{
	CaptureSnapshot snapshot{
	    {}, idle_watermark_.load(std::memory_order_acquire), reader_cpu_ns_.load(std::memory_order_relaxed), failure_};

	for (const auto &probe : probes_) {
		uint64_t encoded = probe->encoded.load(std::memory_order_acquire);
		uint64_t over_limit = probe->over_limit.load(std::memory_order_acquire);

		snapshot.probes.push_back({probe->counters.Read(encoded, over_limit), probe->object.Misses()});
		if (snapshot.failure.empty())
			snapshot.failure = (probe->body ? *probe->body : probe->object).FilterFailure();
	}
	return snapshot;
}

CaptureSnapshot Capture::Snapshot() const
{
	std::lock_guard<std::mutex> lock(mutex_);

	return probes_.empty() ? last_snapshot_ : ReadSnapshot();
}

std::vector<std::vector<ProgramInfo>> Capture::ReadPrograms() const
{
	std::vector<std::vector<ProgramInfo>> programs;

	for (const auto &probe : probes_)
		programs.push_back(probe->Programs());
	return programs;
}

std::vector<std::vector<ProgramInfo>> Capture::Programs() const
{
	std::lock_guard<std::mutex> lock(mutex_);

	return probes_.empty() ? last_programs_ : ReadPrograms();
}

}  // namespace sonde
