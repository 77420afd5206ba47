#!/usr/bin/env bash
# Lint, unit tests, and end-to-end tests on this kernel, after setup.sh. Prints the totals last.
set -euo pipefail
cd "$(dirname "$0")/.."
. test/node-tests.sh

npm run --silent lint

build_programs
mapfile -t unit < <(compiled service clients test/bench test/filter test/kernels)
run_tests "${unit[@]}"

mapfile -t e2e < <(compiled test/e2e test/teardown test/soak)
# One after the other: each takes the whole machine.
run_tests --test-concurrency=1 "${e2e[@]}"

finish
