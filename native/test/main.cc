#include <gtest/gtest.h>

#include "core/libbpf_log.h"

int main(int argc, char **argv)
{
	testing::InitGoogleTest(&argc, argv);
	// As addon.cc does.
	sonde::LibbpfLog::Install();
	return RUN_ALL_TESTS();
}
