# Sourced by scripts that run tests of Node, in the root of the tree: runs them, and counts.

report="$(mktemp)"
trap 'rm -f "$report"' EXIT
failed=0

# run_tests ARGUMENT…: with Node's own reporters, one for people and one to count.
run_tests() {
	node --enable-source-maps --test \
		--test-reporter=spec --test-reporter-destination=stdout \
		--test-reporter=tap --test-reporter-destination="$report.part" "$@" || failed=1
	cat "$report.part" >>"$report"
	rm -f "$report.part"
}

# compiled DIRECTORY…: their tests, by their sources: dist/ may hold what was deleted.
compiled() { find "$@" -name '*.test.ts' | sort | sed 's|^|dist/|; s|ts$|js|'; }

# The programs whose system calls the tests know, and the one in which they run filters.
build_programs() {
	cc -O2 -Wall -Wextra -Werror -pthread -o dist/test/e2e/opens test/e2e/opens.c
	cc -O2 -Wall -Wextra -Werror -pthread -o dist/test/e2e/file-calls test/e2e/file-calls.c
	clang -target bpf -D__TARGET_ARCH_x86 -O2 -g -Wall -Wextra -Werror -Wno-missing-declarations \
		-Ibpf/include -c test/filter/shim.bpf.c -o dist/test/filter/shim.bpf.o
	llvm-strip -g dist/test/filter/shim.bpf.o
}

# Prints what was skipped and why, and the totals last; ends the script.
finish() {
	grep -oE '# SKIP .*' "$report" | sed 's/^# SKIP/skipped:/' || true
	printf '%d passed, %d failed, %d skipped\n' "$(total pass)" "$(total fail)" "$(total skipped)"
	exit "$failed"
}

total() { awk -v name="$1" '$1 == "#" && $2 == name { sum += $3 } END { print sum + 0 }' "$report"; }
