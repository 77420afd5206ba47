#!/usr/bin/env bash
# A node under random use for a long time, after setup.sh; "--help" has the options.
set -euo pipefail
cd "$(dirname "$0")/../.."
. test/node-tests.sh

build_programs
exec node --enable-source-maps dist/test/soak/main.js "$@"
