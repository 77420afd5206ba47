// The `const volatile` variables of a BPF object: they are set before it is loaded, so that the verifier knows them.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

namespace sonde {

class ReadOnlyData {
public:
	// Throws Error(kInvalidObject), as the others do.
	explicit ReadOnlyData(bpf_object *object);

	// `T` must have the size of the variable.
	template <typename T> void Set(std::string_view name, T value) { memcpy(Find(name, sizeof(value)), &value, sizeof(value)); }

	// As many bytes as the variable has.
	void SetBytes(std::string_view name, const std::string &bytes) { memcpy(Find(name, bytes.size()), bytes.data(), bytes.size()); }

	// Gives the object what has been set.
	void Apply();

private:
	uint8_t *Find(std::string_view name, size_t size);

	const btf *btf_;
	bpf_map *map_;
	const btf_type *section_ = nullptr;
	std::vector<uint8_t> data_;
};

}  // namespace sonde
