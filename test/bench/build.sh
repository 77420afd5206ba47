#!/usr/bin/env bash
# Compiles the programs in C and C++ into build/, where they are older than their sources, and installs what the bench
# needs beside the set-up: network namespaces and their delay.
set -euo pipefail
cd "$(dirname "$0")"
. ../../packages.sh
install_packages iproute2

case "$(uname -m)" in
	x86_64) target=x86 ;;
	aarch64) target=arm64 ;;
	*)
		echo "build.sh: the benchmark knows x86_64 and aarch64, not $(uname -m)" >&2
		exit 1
		;;
esac

# build OUTPUT COMMAND… -- SOURCE…: runs the command with the first source and "-o OUTPUT" if a source is newer. The
# output appears whole or not at all, so an interrupted build is made again.
build() {
	local output=$1 command=() source
	shift
	while [ "$1" != -- ]; do
		command+=("$1")
		shift
	done
	shift
	for source in "$@" build.sh; do
		if [ ! -e "$output" ] || [ "$source" -nt "$output" ]; then
			"${command[@]}" "$1" -o "$output.new" "${libraries[@]}"
			mv "$output.new" "$output"
			return
		fi
	done
}

mkdir -p build
c=("${CC:-cc}" -O2 -Wall -Wextra -Werror)
bpf=("${CLANG:-clang}" -target bpf -O2 -g -Wall -Werror "-D__TARGET_ARCH_$target" -I../../bpf/include -c)

libraries=()
build build/load "${c[@]}" operations.c -- load.c operations.c operations.h common.h
build build/paced "${c[@]}" -- paced.c common.h
build build/delay "${c[@]}" -- delay.c common.h
build build/limit.bpf.o "${bpf[@]}" -- limit.bpf.c limit.h ../../bpf/include/vmlinux.h
build build/reject.bpf.o "${bpf[@]}" -- reject.bpf.c reject.h ../../bpf/include/vmlinux.h
libraries=(-lbpf)
build build/reject "${c[@]}" -- reject.c common.h reject.h
build build/limit "${c[@]}" -- limit.c common.h limit.h

# With the flags of the addon.
core=../../native/out/release
make -s -C ../../native library
libraries=("$core/libcore.a")
cxx=("${CXX:-c++}" -std=c++17 -O2 -fPIC -fno-omit-frame-pointer -Wall -Wextra -Werror -I../../native/src "-I$core")
build build/encoder_bench "${cxx[@]}" -- encoder_bench.cc "$core/libcore.a" "$core/file_open_steps.inc"
