#include "subject.h"

#include <cstring>
#include <utility>

namespace sonde {

namespace {

template <typename T> T Load(const uint8_t *from)
{
	T value;

	memcpy(&value, from, sizeof(value));
	return value;
}

}  // namespace

size_t Subjects::Hash::operator()(const Subject &subject) const
{
	// Nearly all differ in the start of their process already.
	uint64_t mixed = (subject.start_boottime_ns ^ subject.cgroup_id << 32 ^ subject.tgid) * 0x9e3779b97f4a7c15;

	return static_cast<size_t>(mixed ^ subject.uid);
}

void Subjects::Add(const uint8_t *record, const SubjectOffsets &offsets)
{
	Subject subject{Load<uint64_t>(record + offsets.start_boottime), Load<uint64_t>(record + offsets.cgroup),
			Load<uint32_t>(record + offsets.tgid), Load<uint32_t>(record + offsets.uid)};

	// Most events are about the one before.
	if (!list_.empty() && list_.back() == subject)
		return;
	if (known_.insert(subject).second)
		list_.push_back(subject);
}

std::vector<Subject> Subjects::Take()
{
	known_.clear();
	return std::exchange(list_, {});
}

}  // namespace sonde
