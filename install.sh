#!/usr/bin/env bash
# Puts what runs, and nothing that builds or tests, into a folder: ./install.sh /opt/sonde. After build.sh.
set -euo pipefail
cd "$(dirname "$0")"

. ./packages.sh

target="${1:-}"
[ -n "$target" ] || fail 'usage: ./install.sh DIRECTORY'
[ -f dist/clients/cli/main.js ] && [ -f native/build/Release/sonde.node ] || fail 'build first: ./setup.sh'
mkdir -p "$target"
[ -z "$(ls -A "$target")" ] || fail "$target is not empty"

# By their sources: dist/ may hold what was deleted.
javascript() {
	find service clients/cli clients/typescript -name '*.ts' ! -name '*.test.ts' ! -name 'test-*.ts' ! -path '*/build/*' |
		sed 's|^|dist/|; s|ts$|js|'
}

mapfile -t files < <(javascript)
files+=(package.json package-lock.json .npmrc LICENSE LICENSES native/build/Release/sonde.node
	service/catalog/gen/catalog.json service/policy/gen/policy.schema.json bpf/gen/*.o service/gen/*.binpb service/api/gen/*.binpb)
cp -R --parents "${files[@]}" "$target"

cd "$target"
quietly npm ci --omit=dev --prefer-offline --no-audit --no-fund
# Headers for the build of the addon, and what only npm reads.
rm -rf node_modules/node-addon-api package-lock.json .npmrc
