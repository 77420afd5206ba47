#!/usr/bin/env bash
# run.sh OPTION…: the kernel matrix, after setup.sh; main.ts has the options.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/node-tests.sh

build_programs
node --enable-source-maps dist/test/kernels/main.js "$@"
