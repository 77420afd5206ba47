#!/usr/bin/env bash
# The same workloads seen by this service and by today's bpftrace and libbpf-tools, after setup.sh; as root. Prints the
# totals last. Where the tools cannot be had, the tests are skipped with the reason.
set -euo pipefail
cd "$(dirname "$0")/../.."
. ./packages.sh
. test/node-tests.sh

# Their own Debian is made in minutes the first time, and then stays in the cache.
said="$(mktemp)"
if peers="$(test/peers/peers.sh 2>"$said")"; then
	export SONDE_PEERS="${peers#* }"
else
	export SONDE_NO_PEERS="$(tail -n 1 "$said")"
fi
cat "$said" >&2
rm -f "$said"

build_programs
mapfile -t tests < <(compiled test/comparison)
# One after the other: each tool sees the whole machine, and so the other tests.
run_tests --test-concurrency=1 "${tests[@]}"

finish
