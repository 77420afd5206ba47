#!/usr/bin/env bash
# Makes a fresh Debian machine with Node ready and builds everything. May be run again at any time: what is there is
# left alone, so a second run takes seconds.
set -euo pipefail
cd "$(dirname "$0")"

. ./packages.sh

# clang and llvm compile the BPF programs, g++, make and python3 the addon; bpftool is for the tests.
packages=(clang llvm libbpf-dev libelf-dev zlib1g-dev bpftool g++ make python3)

install_dependencies() {
	# npm writes this file last; older than the lock file, it belongs to another state of it.
	if [ node_modules/.package-lock.json -nt package-lock.json ]; then return; fi
	say 'installing npm packages'
	quietly npm ci --no-audit --no-fund
	touch node_modules/.package-lock.json
}

mount_tracefs() {
	if [ -d /sys/kernel/tracing/events ] || [ "$(id -u)" != 0 ]; then return; fi
	say 'mounting tracefs'
	mount -t tracefs tracefs /sys/kernel/tracing || say 'tracefs cannot be mounted; "npx sonde doctor" says more'
}

node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)' ||
	fail "Node $(node --version) is too old: install 20.19 or newer"
[ "$(uname -m)" = x86_64 ] || fail "this version runs on x86_64 only, not on $(uname -m)"
install_packages "${packages[@]}"
install_dependencies
mount_tracefs
say 'building'
./build.sh
