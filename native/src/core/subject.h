// Whom an event is about. What their ids stand for is found out in JavaScript, once for each and not for each event.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

namespace sonde {

// As in struct sonde_process.
struct Subject {
	uint64_t start_boottime_ns;
	uint64_t cgroup_id;
	uint32_t tgid;
	uint32_t uid;

	bool operator==(const Subject &other) const
	{
		return start_boottime_ns == other.start_boottime_ns && cgroup_id == other.cgroup_id &&
		       tgid == other.tgid && uid == other.uid;
	}
};

// Where a record has its subject, bytes.
struct SubjectOffsets {
	uint32_t start_boottime;
	uint32_t cgroup;
	uint32_t tgid;
	uint32_t uid;
};

// The different subjects of a batch, in the order in which they came.
class Subjects {
public:
	void Add(const uint8_t *record, const SubjectOffsets &offsets);
	// Takes them and begins anew.
	std::vector<Subject> Take();

private:
	struct Hash {
		size_t operator()(const Subject &subject) const;
	};

	std::vector<Subject> list_;
	std::unordered_set<Subject, Hash> known_;
};

}  // namespace sonde
