#include "placeholder.h"

#include <gelf.h>
#include <libelf.h>
#include <linux/bpf.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "error.h"

namespace sonde {

namespace {

struct CloseElf {
	void operator()(Elf *elf) const { elf_end(elf); }
};

// A part of the image, in bytes.
struct Range {
	size_t offset;
	size_t size;
};

Error NoPlaceholder(const std::string &function)
{
	return Error(ErrorCode::kInvalidObject, "the BPF object has no placeholder " + function);
}

// Where the instructions of a function are.
Range FindFunction(std::string *image, const std::string &function)
{
	elf_version(EV_CURRENT);
	std::unique_ptr<Elf, CloseElf> elf(elf_memory(image->data(), image->size()));
	Elf_Scn *section = nullptr;

	while (elf && (section = elf_nextscn(elf.get(), section)) != nullptr) {
		GElf_Shdr header;
		Elf_Data *data = elf_getdata(section, nullptr);

		if (gelf_getshdr(section, &header) == nullptr || header.sh_type != SHT_SYMTAB ||
		    header.sh_entsize == 0 || data == nullptr)
			continue;
		for (size_t i = 0; i < header.sh_size / header.sh_entsize; i++) {
			GElf_Sym symbol;
			GElf_Shdr code;

			if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr ||
			    GELF_ST_TYPE(symbol.st_info) != STT_FUNC)
				continue;
			const char *name = elf_strptr(elf.get(), header.sh_link, symbol.st_name);
			if (name == nullptr || function != name ||
			    gelf_getshdr(elf_getscn(elf.get(), symbol.st_shndx), &code) == nullptr)
				continue;
			Range range{code.sh_offset + symbol.st_value, symbol.st_size};
			if (range.offset >= code.sh_offset && range.offset <= image->size() &&
			    range.size <= image->size() - range.offset && range.offset % sizeof(bpf_insn) == 0)
				return range;
		}
	}
	throw NoPlaceholder(function);
}

bpf_insn Instruction(uint8_t code, uint8_t to, uint8_t from, int16_t offset, int32_t immediate)
{
	return {code, static_cast<uint8_t>(to & 15), static_cast<uint8_t>(from & 15), offset, immediate};
}

bpf_insn MoveConstant(uint8_t to, int32_t value) { return Instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value); }

bool Same(const bpf_insn &a, const bpf_insn &b) { return memcmp(&a, &b, sizeof(a)) == 0; }

}  // namespace

void FillPlaceholder(std::string *image, const std::string &function, const std::string &code)
{
	Range range = FindFunction(image, function);
	// The image is aligned like any allocation, the section in it to 8 bytes.
	auto *begin = reinterpret_cast<bpf_insn *>(image->data() + range.offset);
	bpf_insn *end = begin + range.size / sizeof(bpf_insn);
	auto is_dummy = [](const bpf_insn &instruction) {
		return Same(instruction, MoveConstant(instruction.dst_reg, 1));
	};
	bpf_insn *first = std::find_if(begin, end, is_dummy);
	bpf_insn *last = std::find_if_not(first, end, is_dummy);
	if (last - first < 3)
		throw NoPlaceholder(function);
	uint8_t result = first->dst_reg;
	size_t room = static_cast<size_t>(last - first), size = code.size() / sizeof(bpf_insn);

	// Two that lead to the code, and one behind it.
	if (size + 3 > room)
		throw Error(ErrorCode::kInvalidObject, "a filter of " + std::to_string(size) +
							   " instructions does not fit into " + function);
	// The verifier finds that what is jumped over never runs, and removes it: the length of the dummy costs nothing.
	size_t pad = room - size - 3;
	*first++ = MoveConstant(0, 0);
	*first++ = Instruction(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, static_cast<int16_t>(pad), 0);
	first = std::fill_n(first, pad, MoveConstant(0, 0));
	memcpy(static_cast<void *>(first), code.data(), code.size());
	first[size] = Instruction(BPF_ALU64 | BPF_MOV | BPF_X, result, 0, 0, 0);
}

}  // namespace sonde
