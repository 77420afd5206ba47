#!/usr/bin/env bash
# Fuzzing, after setup.sh, as root: each target is given what is in its corpus, and then what the fuzzer makes of it.
#
#   run.sh [--seconds N] [--target NAME]… [--minimise]
#
# N seconds for each target, by default some minute in all. What is new stays in build/found for the next run; --minimise
# takes of it into the corpus of a native target what covers more, in few and small files. An input that breaks something is kept in
# build/findings; when that is mended, it belongs into the corpus, with a name that says what it is. Prints the totals last.
set -euo pipefail
cd "$(dirname "$0")/../.."
. ./packages.sh
. test/debian-archive.sh
. test/node-tests.sh
. test/fuzz/newer-libraries.sh

seconds=4 minimise=no targets=()
while [ $# -gt 0 ]; do
	case "$1" in
		--seconds) seconds="$2" && shift 2 ;;
		--target) targets+=("$2") && shift 2 ;;
		--minimise) minimise=yes && shift ;;
		*) fail "usage: run.sh [--seconds N] [--target NAME]… [--minimise]" ;;
	esac
done
mapfile -t native < <(basename -s .cc native/fuzz/*.cc | grep -v '^plans$')
mapfile -t script < <(grep -l 'export .*function fuzz(' test/fuzz/targets/*.ts | xargs basename -s .ts)
[ ${#targets[@]} -gt 0 ] || targets=("${script[@]}" "${native[@]}")

# Longest input, bytes; for a run, s; memory of a target, MiB.
limits=(-max_len=8192 -timeout=60 -rss_limit_mb=2048)
build=test/fuzz/build
mkdir -p "$build/findings" "$build/log"

is_one_of() {
	local wanted="$1" each
	shift
	for each in "$@"; do [ "$each" != "$wanted" ] || return 0; done
	return 1
}

# fuzzer TARGET ARGUMENT…
fuzzer() {
	local target="$1"
	shift
	if is_one_of "$target" "${native[@]}"; then
		UBSAN_OPTIONS=print_stacktrace=1 "native/out/fuzz/fuzz/$target" "$@"
	else
		"${fuzz_node[@]}" --enable-source-maps dist/test/fuzz/run-target.js "$target" "$@"
	fi
}

# fuzz TARGET: one test.
fuzz() {
	local target="$1" log="$build/log/$1" status=0 dictionary=() runs coverage
	mkdir -p "$build/found/$target"
	[ ! -f "test/fuzz/dictionaries/$target" ] || dictionary=("-dict=test/fuzz/dictionaries/$target")
	fuzzer "$target" "${limits[@]}" "${dictionary[@]}" "-max_total_time=$seconds" "-artifact_prefix=$build/findings/$target-" \
		"$build/found/$target" "test/fuzz/corpus/$target" >"$log" 2>&1 || status=$?
	runs="$(grep -aoE '^Done [0-9]+ runs in [0-9]+ second' "$log" | tail -n 1 | cut -d ' ' -f 2-)s" || true
	coverage="$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1)" || true
	if [ "$status" = 0 ] && [ "$runs" != s ]; then
		printf '%-14s %s, %s, no finding\n' "$target" "$runs" "$coverage"
		printf '# pass 1\n' >>"$report"
		return
	fi
	failed=1
	printf '# fail 1\n' >>"$report"
	grep -avE 'NEW|REDUCE|RELOAD|pulse|^INFO' "$log" | cut -c 1-500 | tail -n 40
	printf '%-14s FINDING: exit code %d, %s, see %s and %s\n' "$target" "$status" "$coverage" "$log" "$build/findings"
}

# Of the present corpus and of what was found: the fewest files that cover all of it, beside those with names, which stay.
minimise() {
	local target="$1" corpus="test/fuzz/corpus/$1" merged file
	merged="$(mktemp -d)"
	find "$corpus" -type f -regextype posix-egrep -regex '.*/[0-9a-f]{40}' -exec mv -t "$build/found/$target" {} +
	cp "$corpus"/* "$merged"
	fuzzer "$target" "${limits[@]}" -set_cover_merge=1 -use_counters=0 "$merged" "$build/found/$target" >"$build/log/$target" 2>&1 || true
	for file in "$merged"/*; do [ -f "$corpus/${file##*/}" ] || cp "$file" "$corpus"; done
	rm -rf "$merged"
	say "$target: $(find "$corpus" -type f | wc -l) inputs, $(du -sb "$corpus" | cut -f 1) bytes"
}

install_packages clang "libclang-rt-$(clang -dumpversion | cut -d . -f 1)-dev"
for target in "${targets[@]}"; do
	is_one_of "$target" "${script[@]}" "${native[@]}" || fail "there is no target $target"
done
prepare_fuzz_node
say 'building'
make -s -C native VARIANT=fuzz fuzz
build_programs
for target in "${targets[@]}"; do
	fuzz "$target"
	# jazzer.js starts itself for that, which it cannot do from our program.
	if [ "$minimise" = yes ] && is_one_of "$target" "${native[@]}"; then minimise "$target"; fi
done
finish
