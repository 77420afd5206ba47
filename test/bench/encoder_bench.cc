/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many events a second one core encodes: file.open records as the kernel makes them, by the
 * plan that the service uses, without ring, threads and JavaScript around it.
 *
 *   encoder_bench SECONDS   spends about this long in all; prints one line of JSON
 *
 * "encoder" and "batch" (encoder, batches of the default size, memory of each) have the records of
 * load.c; "longPath" and "notUtf8" are the encoder with others. Counted in CPU time of the thread,
 * so that others on the machine matter little.
 */
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "core/batch.h"
#include "core/encoder.h"
#include "core/plan.h"

using namespace sonde;

namespace {

constexpr uint64_t kNsPerSecond = 1000000000;
constexpr size_t kRecords = 4096;
/* `repeated Event events` of StreamEventsResponse */
constexpr uint32_t kEventsField = 8;
/* The defaults of service/traces/limits.ts */
constexpr BatchLimits kBatchLimits = {4096, 131072, 5000000};
constexpr int kFigures = 4;

/* struct file_open_event in bpf/probes/file_open.bpf.c; Check() sees when the two differ. */
struct FileOpenEvent {
	uint32_t probe_index, cpu, generation, padding;
	uint64_t time;
	uint32_t tgid, tid, ppid, uid, gid, padding2;
	uint64_t cgroup_id, start_boottime_ns;
	char comm[16];
	uint32_t syscall;
	int32_t dirfd;
	uint32_t flags, mode, resolve;
	int32_t ret;
	uint16_t path_offset, path_length;
	uint8_t path_unreadable, path_truncated, how_unreadable, padding3;
	/* here the path begins */
};
static_assert(sizeof(FileOpenEvent) == 112, "the BPF side has no padding of its own");

const Plan &FileOpenPlan()
{
	static const Plan plan({
#include "file_open_steps.inc"
	});

	return plan;
}

uint64_t CpuNs()
{
	timespec now{};

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return static_cast<uint64_t>(now.tv_sec) * kNsPerSecond + static_cast<uint64_t>(now.tv_nsec);
}

/* Records one behind the other, each at a multiple of eight, as in a ring. */
class Records {
public:
	explicit Records(const std::string &path)
	{
		for (size_t i = 0; i < kRecords; i++)
			Append(path, i);
	}

	size_t bytes() const { return bytes_; }
	const uint8_t *operator[](size_t i) const { return reinterpret_cast<const uint8_t *>(&words_[i * stride_]); }

private:
	void Append(const std::string &path, size_t i)
	{
		FileOpenEvent event{};

		event.cpu = i & 1;
		event.time = 1000000000000 + i * 1750;
		event.tgid = event.tid = 40231;
		event.ppid = 40120;
		event.cgroup_id = 6127;
		event.start_boottime_ns = 988123456789;
		memcpy(event.comm, "load", 4);
		event.syscall = 2;
		event.dirfd = -100;
		event.ret = -2;
		event.path_offset = sizeof(event);
		event.path_length = static_cast<uint16_t>(path.size());
		bytes_ = sizeof(event) + path.size();
		stride_ = (bytes_ + 8 + 7) / 8;
		words_.resize(words_.size() + stride_);
		uint8_t *record = reinterpret_cast<uint8_t *>(&words_[i * stride_]);
		memcpy(record, &event, sizeof(event));
		memcpy(record + sizeof(event), path.data(), path.size());
	}

	size_t bytes_ = 0;
	size_t stride_ = 0;
	std::vector<uint64_t> words_;
};

struct Figure {
	double events_per_second;
	double bytes_per_event;
};

template <typename Round> Figure Measure(uint64_t ns, Round &&round)
{
	uint64_t events = 0, bytes = 0, start = CpuNs(), now;

	do {
		bytes += round();
		events += kRecords;
		now = CpuNs();
	} while (now - start < ns);
	return {static_cast<double>(events) * kNsPerSecond / static_cast<double>(now - start),
		static_cast<double>(bytes) / static_cast<double>(events)};
}

/* What is measured must be an event with all of its parts. */
void Check(const Records &records, const std::string &part)
{
	std::vector<uint8_t> out(EncodedBound(FileOpenPlan(), records.bytes()));
	StackTable stacks;
	size_t bytes = EncodeEvent(FileOpenPlan(), kEventsField, records[0], records.bytes(), 0, stacks, out.data());
	std::string event(out.begin(), out.begin() + static_cast<ptrdiff_t>(bytes));

	for (const std::string &expected : {std::string("load"), part}) {
		if (event.find(expected) != std::string::npos)
			continue;
		fprintf(stderr, "encoder_bench: the plan of file.open does not fit the records here\n");
		exit(1);
	}
}

Figure MeasureEncoder(uint64_t ns, const std::string &path, const std::string &part)
{
	Records records(path);
	std::vector<uint8_t> out(EncodedBound(FileOpenPlan(), records.bytes()) * kRecords);
	StackTable stacks;

	Check(records, part);
	return Measure(ns, [&] {
		uint8_t *end = out.data();

		for (size_t i = 0; i < kRecords; i++)
			end += EncodeEvent(FileOpenPlan(), kEventsField, records[i], records.bytes(), 1234567890, stacks,
					   end);
		return static_cast<uint64_t>(end - out.data());
	});
}

Figure MeasureBatch(uint64_t ns, const std::string &path)
{
	Records records(path);
	BatchBuilder batch(kBatchLimits, kEventsField);
	uint64_t bytes;
	auto seal = [&] { bytes += batch.Seal().size; };

	return Measure(ns, [&] {
		bytes = 0;
		for (size_t i = 0; i < kRecords; i++) {
			Added added = batch.Add(FileOpenPlan(), records[i], records.bytes());

			if (added == Added::kRefused) {
				seal();
				added = batch.Add(FileOpenPlan(), records[i], records.bytes());
			}
			if (added == Added::kFull)
				seal();
		}
		if (!batch.empty())
			seal();
		return bytes;
	});
}

void Print(const char *name, const Figure &figure, const char *end)
{
	printf("\"%s\":{\"eventsPerSecond\":%.0f,\"bytesPerEvent\":%.1f}%s", name, figure.events_per_second,
	       figure.bytes_per_event, end);
}

}  // namespace

int main(int argc, char **argv)
{
	double seconds = argc == 2 ? atof(argv[1]) : 0;

	if (!(seconds > 0 && seconds <= 600)) {
		fprintf(stderr, "usage: encoder_bench SECONDS   (at most 600)\n");
		return 2;
	}
	uint64_t ns = static_cast<uint64_t>(seconds * static_cast<double>(kNsPerSecond)) / kFigures;
	const std::string missing = "/nonexistent/sonde-bench-0123456789";
	std::string deep, latin1 = "/home/jos\xE9/M\xFCnchen/Stra\xDF" "e/a.txt";
	while (deep.size() < 1000)
		deep += "/a-directory-with-a-name";

	printf("{");
	Print("encoder", MeasureEncoder(ns, missing, missing), ",");
	Print("batch", MeasureBatch(ns, missing), ",");
	Print("longPath", MeasureEncoder(ns, deep, deep), ",");
	Print("notUtf8", MeasureEncoder(ns, latin1, latin1), "}\n");
	return 0;
}
