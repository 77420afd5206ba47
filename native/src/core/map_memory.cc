#include "map_memory.h"

#include <fstream>
#include <string>

namespace sonde {

uint64_t MapMemoryBytes(int map_fd)
{
	std::ifstream info("/proc/self/fdinfo/" + std::to_string(map_fd));
	std::string name;
	uint64_t bytes = 0;

	while (info >> name) {
		if (name == "memlock:" && info >> bytes)
			return bytes;
	}
	return 0;
}

}  // namespace sonde
