#include "encoder.h"

#include <charconv>
#include <cstring>
#include <string>

#include "utf8.h"

namespace sonde {

namespace {

constexpr uint32_t kLengthDelimited = 2;
constexpr size_t kVarintBytes = 10;

template <typename T> T Load(const uint8_t *from)
{
	T value;

	memcpy(&value, from, sizeof(value));
	return value;
}

inline uint8_t *WriteVarint(uint8_t *out, uint64_t value)
{
	while (value >= 0x80) {
		*out++ = static_cast<uint8_t>(value) | 0x80;
		value >>= 7;
	}
	*out++ = static_cast<uint8_t>(value);
	return out;
}

// proto3 leaves out fields that have their default value.
inline uint8_t *WriteNumber(uint8_t *out, uint32_t tag, uint64_t value)
{
	if (value == 0)
		return out;
	out = WriteVarint(out, tag);
	return WriteVarint(out, value);
}

uint8_t *WriteBytes(uint8_t *out, uint32_t tag, const uint8_t *bytes, size_t length)
{
	out = WriteVarint(out, tag);
	out = WriteVarint(out, length);
	memcpy(out, bytes, length);
	return out + length;
}

// Writes the length of a message that is already there, behind one byte left free for it.
uint8_t *CloseMessage(uint8_t *free_byte, uint8_t *end)
{
	size_t length = static_cast<size_t>(end - free_byte - 1);
	uint8_t prefix[kVarintBytes];
	size_t prefix_bytes;

	if (length < 0x80) {
		*free_byte = static_cast<uint8_t>(length);
		return end;
	}
	prefix_bytes = static_cast<size_t>(WriteVarint(prefix, length) - prefix);
	memmove(free_byte + prefix_bytes, free_byte + 1, length);
	memcpy(free_byte, prefix, prefix_bytes);
	return free_byte + prefix_bytes + length;
}

uint8_t *WriteReplaced(uint8_t *out, uint32_t tag, const uint8_t *text, size_t length)
{
	out = WriteVarint(out, tag);
	return CloseMessage(out, out + 1 + WriteUtf8Replaced(text, length, out + 1));
}

uint8_t *WriteText(uint8_t *out, const Step &step, const uint8_t *text, size_t length)
{
	if (length == 0)
		return out;
	if (IsUtf8(text, length))
		return WriteBytes(out, step.tag, text, length);
	out = WriteReplaced(out, step.tag, text, length);
	return WriteBytes(out, step.raw_tag, text, length);
}

// Calls `write` with each text of a list, whose last NUL may be missing where the list was cut.
template <typename Write> void ForEachText(const uint8_t *texts, size_t length, Write write)
{
	const uint8_t *end = texts + length;

	while (texts < end) {
		size_t bytes = strnlen(reinterpret_cast<const char *>(texts), static_cast<size_t>(end - texts));

		write(texts, bytes);
		texts += bytes + 1;
	}
}

// An element of a list is written also when it is empty.
uint8_t *WriteTexts(uint8_t *out, const Step &step, const uint8_t *texts, size_t length)
{
	bool all_utf8 = true;

	ForEachText(texts, length, [&](const uint8_t *text, size_t bytes) {
		if (IsUtf8(text, bytes)) {
			out = WriteBytes(out, step.tag, text, bytes);
			return;
		}
		all_utf8 = false;
		out = WriteReplaced(out, step.tag, text, bytes);
	});
	if (!all_utf8)
		ForEachText(texts, length, [&](const uint8_t *text, size_t bytes) {
			out = WriteBytes(out, step.raw_tag, text, bytes);
		});
	return out;
}

// What stands behind the struct.
uint8_t *WriteTail(uint8_t *out, const Step &step, const uint8_t *bytes, size_t length)
{
	if (step.op == Op::kString)
		return WriteText(out, step, bytes, length);
	if (step.op == Op::kStrings)
		return WriteTexts(out, step, bytes, length);
	return length == 0 ? out : WriteBytes(out, step.tag, bytes, length);
}

// A number without a name is written in digits.
uint8_t *WriteName(uint8_t *out, uint32_t tag, const Names &names, uint32_t number)
{
	char digits[10];

	if (number == 0)
		return out;
	if (number < names.size() && !names[number].empty()) {
		const std::string &name = names[number];
		return WriteBytes(out, tag, reinterpret_cast<const uint8_t *>(name.data()), name.size());
	}
	size_t length = static_cast<size_t>(std::to_chars(digits, digits + sizeof(digits), number).ptr - digits);
	return WriteBytes(out, tag, reinterpret_cast<const uint8_t *>(digits), length);
}

// IPv4 in IPv6's form: ::ffff:0:0/96, RFC 4291 section 2.5.5.2.
uint8_t *WriteAddress(uint8_t *out, uint32_t tag, const uint8_t *address)
{
	static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	bool is_ipv4 = memcmp(address, kMapped, sizeof(kMapped)) == 0;

	return is_ipv4 ? WriteBytes(out, tag, address + sizeof(kMapped), 4) : WriteBytes(out, tag, address, 16);
}

// Where the bytes of a struct sonde_string are; null if that is not in the record, or texts would be more than all of it.
const uint8_t *FindText(const uint8_t *record, size_t bytes, const uint8_t *field, size_t *text_left, size_t *length)
{
	uint16_t offset = Load<uint16_t>(field);

	*length = Load<uint16_t>(field + 2);
	if (offset + *length > bytes || *length > *text_left)
		return nullptr;
	*text_left -= *length;
	return record + offset;
}

}  // namespace

size_t EncodedBound(const Plan &plan, size_t bytes)
{
	return plan.fixed_bound() + bytes * plan.bytes_per_text_byte();
}

size_t EncodeEvent(const Plan &plan, uint32_t field_number, const uint8_t *record, size_t bytes,
		   int64_t unix_offset_ns, StackTable &stacks, uint8_t *out)
{
	uint8_t *start = out;
	uint8_t *open[Plan::kMaxNesting + 1];
	size_t depth = 0;
	// Strings of a record do not overlap. Those of a broken one could, and then be more than there is room for.
	size_t text_left = bytes;

	out = WriteVarint(out, field_number << 3 | kLengthDelimited);
	open[depth++] = out++;
	for (const Step &step : plan.steps()) {
		const uint8_t *field = record + step.offset;

		switch (step.op) {
		case Op::kUint8:
		case Op::kBool:
			out = WriteNumber(out, step.tag, *field);
			break;
		case Op::kUint16:
			out = WriteNumber(out, step.tag, Load<uint16_t>(field));
			break;
		case Op::kUint32:
			out = WriteNumber(out, step.tag, Load<uint32_t>(field));
			break;
		case Op::kUint64:
		case Op::kInt64:
			out = WriteNumber(out, step.tag, Load<uint64_t>(field));
			break;
		case Op::kInt32:
			out = WriteNumber(out, step.tag,
					  static_cast<uint64_t>(static_cast<int64_t>(Load<int32_t>(field))));
			break;
		case Op::kKtime: {
			uint64_t time = Load<uint64_t>(field) + static_cast<uint64_t>(unix_offset_ns);

			out = WriteVarint(out, step.tag);
			memcpy(out, &time, sizeof(time));
			out += sizeof(time);
			break;
		}
		case Op::kChars:
			out = WriteText(out, step, field, strnlen(reinterpret_cast<const char *>(field), step.size));
			break;
		case Op::kString:
		case Op::kStrings:
		case Op::kBytes: {
			size_t length;
			const uint8_t *text = FindText(record, bytes, field, &text_left, &length);

			if (text != nullptr)
				out = WriteTail(out, step, text, length);
			break;
		}
		case Op::kKernelStack:
		case Op::kUserStack: {
			const SubjectOffsets &subject = plan.subject();
			bool is_user = step.op == Op::kUserStack;
			size_t length;
			const uint8_t *addresses = FindText(record, bytes, field, &text_left, &length);

			if (addresses != nullptr)
				out = WriteNumber(out, step.tag,
						  stacks.IdOf(addresses, length,
							      is_user ? Load<uint32_t>(record + subject.tgid) : 0,
							      is_user ? Load<uint64_t>(record + subject.start_boottime) : 0));
			break;
		}
		case Op::kName:
			out = WriteName(out, step.tag, plan.names(step), Load<uint32_t>(field));
			break;
		case Op::kAddress:
			out = WriteAddress(out, step.tag, field);
			break;
		case Op::kMessage:
			out = WriteVarint(out, step.tag);
			open[depth++] = out++;
			break;
		case Op::kEnd:
			out = CloseMessage(open[--depth], out);
			break;
		}
	}
	out = CloseMessage(open[0], out);
	return static_cast<size_t>(out - start);
}

}  // namespace sonde
