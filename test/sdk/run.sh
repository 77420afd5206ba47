#!/usr/bin/env bash
# Tests with clients that are not ours, after setup.sh: the Python stubs, the Go stubs, grpcurl and ghz. Prints the totals
# last.
set -euo pipefail
cd "$(dirname "$0")/../.."
. ./packages.sh
. test/debian-archive.sh
. clients/toolchains.sh
. test/node-tests.sh

bin="$PWD/dist/test/sdk/bin"
site="$PWD/dist/test/sdk/site"

# Installed as a user does it, so that the package is tested too.
prepare_python() {
	use_python
	ln -sfn "$VIRTUAL_ENV" dist/test/sdk/venv
	rm -rf "$site"
	quietly python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --target "$site" clients/python
	MYPYPATH="$site" quietly mypy --config-file clients/python/pyproject.toml --cache-dir dist/test/sdk/mypy \
		clients/python/*.py test/sdk/*.py
}

prepare_go() {
	local unformatted module
	use_go
	unformatted="$(gofmt -l clients/go test/sdk/go)"
	[ -z "$unformatted" ] || fail "run gofmt -w on: $unformatted"
	for module in clients/go test/sdk/go; do quietly go -C "$module" vet ./...; done
	quietly go -C clients/go build -o "$bin/go-example" ./example
	quietly go -C test/sdk/go build -o "$bin/go-stub-client" .
}

# build_tool PACKAGE: a tool that cannot be had skips its test, with the reason.
build_tool() {
	local tool="$bin/${1##*/}"
	go -C test/sdk/tools build -o "$tool" "$1" 2>"$tool.log" || { rm -f "$tool"; say "${1##*/} cannot be built"; }
}

mkdir -p "$bin"
prepare_python
prepare_go
build_tool github.com/fullstorydev/grpcurl/cmd/grpcurl
build_tool github.com/bojand/ghz/cmd/ghz

build_programs
mapfile -t tests < <(compiled test/sdk)
run_tests --test-concurrency=1 "${tests[@]}"

finish
