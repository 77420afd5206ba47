#!/usr/bin/env bash
# Makes what is checked in under gen/ and needs nothing but Node, from proto/; sdk.sh makes the rest. CI runs both and looks
# for differences.
set -euo pipefail
cd "$(dirname "$0")"
export PATH="$PWD/node_modules/.bin:$PATH"

buf generate
# What reflection serves: buf's own bytes, because re-encoding through a JavaScript descriptor drops custom options.
buf build --exclude-source-info -o service/gen/descriptors.binpb
