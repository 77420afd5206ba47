#include "user_function.h"

#include <fcntl.h>
#include <gelf.h>
#include <glob.h>
#include <libelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <vector>

namespace sonde {

namespace {

// ld.so(8), with the directories of Debian's multiarch.
constexpr const char *kLibraryDirectories[] = {"/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64",
					       "/usr/lib64", "/lib", "/usr/lib"};
// ldconfig(8); what it includes is always this.
constexpr const char *kMoreDirectories[] = {"/etc/ld.so.conf", "/etc/ld.so.conf.d/*.conf"};

bool IsFile(const std::string &path)
{
	struct stat status;

	return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::vector<std::string> ConfiguredDirectories()
{
	std::vector<std::string> directories;

	for (const char *pattern : kMoreDirectories) {
		glob_t found{};

		if (glob(pattern, 0, nullptr, &found) == 0) {
			for (size_t i = 0; i < found.gl_pathc; i++) {
				std::ifstream file(found.gl_pathv[i]);

				for (std::string word; file >> word;)
					if (word[0] == '/' && word.find('*') == std::string::npos)
						directories.push_back(word);
			}
		}
		globfree(&found);
	}
	return directories;
}

// Empty: there is none.
std::string FindFile(const std::string &name)
{
	if (name[0] == '/')
		return IsFile(name) ? name : "";
	std::vector<std::string> directories = ConfiguredDirectories();
	directories.insert(directories.end(), std::begin(kLibraryDirectories), std::end(kLibraryDirectories));
	for (const std::string &directory : directories)
		if (IsFile(directory + "/" + name))
			return directory + "/" + name;
	return "";
}

class ElfFile {
public:
	explicit ElfFile(const std::string &path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC))
	{
		elf_version(EV_CURRENT);
		if (fd_ >= 0)
			elf_ = elf_begin(fd_, ELF_C_READ_MMAP, nullptr);
	}
	~ElfFile()
	{
		elf_end(elf_);
		if (fd_ >= 0)
			close(fd_);
	}
	ElfFile(const ElfFile &) = delete;
	ElfFile &operator=(const ElfFile &) = delete;

	std::optional<uint64_t> OffsetOf(const std::string &function) const
	{
		// What is exported first; programs have their own functions in the other table, unless they are stripped.
		for (GElf_Word type : {SHT_DYNSYM, SHT_SYMTAB})
			if (auto address = FindIn(type, function))
				return ToOffset(*address);
		return std::nullopt;
	}

private:
	std::optional<uint64_t> FindIn(GElf_Word type, const std::string &function) const
	{
		for (Elf_Scn *section = nullptr; (section = elf_nextscn(elf_, section)) != nullptr;) {
			GElf_Shdr header;

			if (gelf_getshdr(section, &header) == nullptr || header.sh_type != type || header.sh_entsize == 0)
				continue;
			Elf_Data *data = elf_getdata(section, nullptr);
			for (size_t i = 0; data != nullptr && i < header.sh_size / header.sh_entsize; i++) {
				GElf_Sym symbol;

				if (gelf_getsym(data, static_cast<int>(i), &symbol) == nullptr ||
				    GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF)
					continue;
				const char *name = elf_strptr(elf_, header.sh_link, symbol.st_name);
				if (name != nullptr && function == name)
					return symbol.st_value;
			}
		}
		return std::nullopt;
	}

	std::optional<uint64_t> ToOffset(uint64_t address) const
	{
		size_t count = 0;

		if (elf_getphdrnum(elf_, &count) != 0)
			return std::nullopt;
		for (size_t i = 0; i < count; i++) {
			GElf_Phdr segment;

			if (gelf_getphdr(elf_, static_cast<int>(i), &segment) != nullptr && segment.p_type == PT_LOAD &&
			    address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
				return address - segment.p_vaddr + segment.p_offset;
		}
		return std::nullopt;
	}

	int fd_;
	Elf *elf_ = nullptr;
};

}  // namespace

UserFunction FindUserFunction(std::string_view attach_point)
{
	size_t colon = attach_point.rfind(':');
	UserFunction found;

	if (colon == std::string_view::npos || colon == 0) {
		found.missing = std::string(attach_point) + " names no function of a file";
		return found;
	}
	std::string name(attach_point.substr(0, colon)), function(attach_point.substr(colon + 1));
	found.file = FindFile(name);
	if (found.file.empty()) {
		found.missing = "no " + name + " on this node";
		return found;
	}
	if (auto offset = ElfFile(found.file).OffsetOf(function))
		found.offset = *offset;
	else
		found.missing = found.file + " has no function " + function;
	return found;
}

}  // namespace sonde
