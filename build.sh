#!/usr/bin/env bash
# Builds everything that is not checked in: BPF objects, addon, JavaScript, and the catalogue that joins them.
set -euo pipefail
cd "$(dirname "$0")"
export PATH="$PWD/node_modules/.bin:$PATH"

# Objects are the same for every kernel (CO-RE); without -strip the debug sections would be 30 times the programs.
mkdir -p bpf/gen
for source in bpf/{probes,trackers,guard}/*.bpf.c; do
	object="bpf/gen/$(basename "${source%.c}").o"
	clang -target bpf -D__TARGET_ARCH_x86 -O2 -g -Wall -Wextra -Werror -Wno-missing-declarations \
		-Ibpf/include -c "$source" -o "$object"
	llvm-strip -g "$object"
done

# Headers that came with Node need no download.
prefix="$(dirname "$(dirname "$(realpath "$(command -v node)")")")"
nodedir=()
if [ -f "$prefix/include/node/node_api.h" ]; then nodedir=("--nodedir=$prefix"); fi
if [ ! native/build/Makefile -nt native/binding.gyp ]; then node-gyp configure -C native --silent "${nodedir[@]}"; fi
node-gyp build -C native --silent "${nodedir[@]}" >native/build.log 2>&1 || { cat native/build.log >&2; exit 1; }

tsc -p .
chmod +x dist/clients/cli/main.js

buf build -o - | node dist/service/catalog/build/main.js
node dist/service/policy/build/write-schema.js
