// Reads protobuf bytes field by field: what the tests compare the encoder with.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

struct WireField {
	uint32_t number;
	uint32_t wire_type;
	uint64_t value;         // of a varint or a fixed64
	std::string_view bytes;  // of what is length-delimited
};

class WireReader {
public:
	explicit WireReader(std::string_view message) : left_(message) {}

	bool done() const { return left_.empty(); }

	// Throws std::runtime_error if the bytes are not fields.
	WireField Next()
	{
		uint64_t tag = Varint();
		WireField field{static_cast<uint32_t>(tag >> 3), static_cast<uint32_t>(tag & 7), 0, {}};

		if (field.wire_type == 0)
			field.value = Varint();
		else if (field.wire_type == 1)
			field.value = Fixed64();
		else if (field.wire_type == 2)
			field.bytes = Take(Varint());
		else
			throw std::runtime_error("wire type " + std::to_string(field.wire_type));
		return field;
	}

private:
	std::string_view Take(uint64_t count)
	{
		if (count > left_.size())
			throw std::runtime_error("the message is cut");
		std::string_view taken = left_.substr(0, count);
		left_.remove_prefix(count);
		return taken;
	}

	uint64_t Varint()
	{
		uint64_t value = 0;

		for (unsigned shift = 0; shift < 64; shift += 7) {
			uint8_t byte = static_cast<uint8_t>(Take(1)[0]);

			value |= static_cast<uint64_t>(byte & 0x7F) << shift;
			if (byte < 0x80)
				return value;
		}
		throw std::runtime_error("a varint of more than ten bytes");
	}

	uint64_t Fixed64()
	{
		std::string_view bytes = Take(8);
		uint64_t value = 0;

		for (size_t i = 8; i-- > 0;)
			value = value << 8 | static_cast<uint8_t>(bytes[i]);
		return value;
	}

	std::string_view left_;
};

inline std::vector<WireField> WireFields(std::string_view message)
{
	WireReader reader(message);
	std::vector<WireField> fields;

	while (!reader.done())
		fields.push_back(reader.Next());
	return fields;
}

// The first field with this number; one with wire type 7 if there is none.
inline WireField FindField(std::string_view message, uint32_t number)
{
	for (const WireField &field : WireFields(message)) {
		if (field.number == number)
			return field;
	}
	return {number, 7, 0, {}};
}

}  // namespace sonde
