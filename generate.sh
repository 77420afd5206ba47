#!/usr/bin/env bash
# Makes what is checked in under gen/ and needs nothing but Node, from proto/; sdk.sh makes the rest. CI runs both and looks
# for differences.
set -euo pipefail
cd "$(dirname "$0")"
export PATH="$PWD/node_modules/.bin:$PATH"

buf generate
# The SDK exports the messages of all probes.
for proto in proto/sonde/v1/probe_*.proto; do
	echo "export * from './${proto#proto/}"
done | sed "s|\.proto$|_pb.js';|" >clients/typescript/gen/probes.ts
# What reflection serves: buf's own bytes, because re-encoding through a JavaScript descriptor drops custom options.
buf build --exclude-source-info -o service/gen/descriptors.binpb

# And the services that come with packages, under the names that other languages know their files by.
protos="$(mktemp -d)"
trap 'rm -rf "$protos"' EXIT
mkdir "$protos/grpc"
cp -R node_modules/grpc-health-check/proto/health node_modules/@grpc/reflection/build/proto/grpc/reflection "$protos/grpc"
mkdir -p service/api/gen
buf build --exclude-source-info "$protos" -o service/api/gen/grpc-services.binpb
