#!/usr/bin/env bash
# The native code under sanitizers, after setup.sh: the tests of its core under AddressSanitizer (with leaks and
# UndefinedBehaviorSanitizer) and under ThreadSanitizer, then the addon, built with the first two, in Node processes
# that trace. Prints the totals last; whatever a sanitizer says is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
. ./packages.sh
. test/node-tests.sh

# The runtimes of the sanitizers come with g++.
install_packages libgtest-dev
reports="$(mktemp -d)"
trap 'rm -rf "$report" "$reports"' EXIT

# count KIND NUMBER: adds to the totals, in the words of Node's reporter.
count() { printf '# %s %d\n' "$1" "$2" >>"$report"; }

# core_tests VARIANT: builds and runs the tests of the core. A sanitizer that speaks ends them with an exit code.
core_tests() {
	local log="$reports/core" wrong
	say "tests of the core, variant $1"
	make -s -C native VARIANT="$1" test
	"native/out/$1/core_test" --gtest_brief=1 2>&1 | tee "$log" || failed=1
	wrong="$(awk '/^\[  FAILED  \] .* ms\)$/ { sum++ } END { print sum + 0 }' "$log")"
	count pass "$(awk '/^\[  PASSED  \]/ { sum += $4 } END { print sum + 0 }' "$log")"
	# Ended by a sanitizer, they say no totals.
	if [ "$wrong" = 0 ] && ! grep -q '^\[  PASSED  \]' "$log"; then wrong=1; fi
	count fail "$wrong"
	rm -f "$log"
}

# node-gyp knows one build folder only, so the sanitized addon has a package folder of its own.
build_addon() {
	local nodedir=() prefix
	say 'building the addon with sanitizers'
	mkdir -p native/out/addon
	ln -sfn ../../binding.gyp native/out/addon/binding.gyp
	ln -sfn ../../src native/out/addon/src
	prefix="$(dirname "$(dirname "$(realpath "$(command -v node)")")")"
	if [ -f "$prefix/include/node/node_api.h" ]; then nodedir=("--nodedir=$prefix"); fi
	if [ ! native/out/addon/build/Makefile -nt native/binding.gyp ]; then
		quietly npx --no-install node-gyp configure -C native/out/addon --sanitize=address,undefined "${nodedir[@]}"
	fi
	quietly npx --no-install node-gyp build -C native/out/addon "${nodedir[@]}"
}

# addon_tests FILE…: compiled tests, one after the other. They and the nodes that they start load the other addon. Node
# was not built with a sanitizer, so the runtimes come first by LD_PRELOAD; the undefined one before the address one,
# else it ignores its log_path. The leaks of Node itself, which frees nothing when it exits, would hide ours; the core is
# looked at for leaks above. Reports go to files: the standard error of a test's child may be nobody's.
addon_tests() {
	local said
	say 'tests of the addon'
	SONDE_ADDON="$PWD/native/out/addon/build/Release/sonde.node" \
		LD_PRELOAD="$(g++ -print-file-name=libubsan.so) $(g++ -print-file-name=libasan.so)" \
		ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0:log_path=$reports/address" \
		UBSAN_OPTIONS="print_stacktrace=1:log_path=$reports/undefined" \
		run_tests --test-concurrency=1 "$@"
	for said in "$reports"/*; do
		[ -f "$said" ] || continue
		cat "$said"
		count fail 1
		failed=1
	done
}

core_tests address
core_tests thread
build_addon
build_programs
addon_tests dist/service/native.test.js \
	dist/test/e2e/{attachments,filter-compiler,filters,opens,shutdown,start-failures}.test.js dist/test/teardown/teardown.test.js
finish
