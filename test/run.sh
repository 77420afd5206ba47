#!/usr/bin/env bash
# Lint, unit tests, and end-to-end tests on this kernel, after setup.sh. Prints the totals last.
set -euo pipefail
cd "$(dirname "$0")/.."

npm run --silent lint

report="$(mktemp)"
trap 'rm -f "$report"' EXIT
failed=0

# Node's own reporters: one for people, one to count.
run() {
	node --enable-source-maps --test \
		--test-reporter=spec --test-reporter-destination=stdout \
		--test-reporter=tap --test-reporter-destination="$report.part" "$@" || failed=1
	cat "$report.part" >>"$report"
	rm -f "$report.part"
}

# By their sources: dist/ may hold what was deleted.
compiled() { find "$@" -name '*.test.ts' | sort | sed 's|^|dist/|; s|ts$|js|'; }

mapfile -t unit < <(compiled service clients test/bench)
run "${unit[@]}"

cc -O2 -Wall -Wextra -Werror -pthread -o dist/test/e2e/opens test/e2e/opens.c
mapfile -t e2e < <(compiled test/e2e)
# One after the other: each takes the whole machine.
run --test-concurrency=1 "${e2e[@]}"

total() { awk -v name="$1" '$1 == "#" && $2 == name { sum += $3 } END { print sum + 0 }' "$report"; }
grep -oE '# SKIP .*' "$report" | sed 's/^# SKIP/skipped:/' || true
printf '%d passed, %d failed, %d skipped\n' "$(total pass)" "$(total fail)" "$(total skipped)"
exit "$failed"
