#!/usr/bin/env bash
# Makes everything under gen/ that is checked in, from proto/ and the BPF objects. CI runs it and looks for differences.
set -euo pipefail
cd "$(dirname "$0")"
export PATH="$PWD/node_modules/.bin:$PATH"

buf generate
# What reflection serves: buf's own bytes, because re-encoding through a JavaScript descriptor drops custom options.
buf build --exclude-source-info -o service/gen/descriptors.binpb
