#include "error.h"

#include <cstdlib>
#include <cstring>

namespace sonde {

std::string ErrnoMessage(const std::string &what, int number)
{
	char text[128];

	return what + ": " + strerror_r(std::abs(number), text, sizeof(text));
}

}  // namespace sonde
