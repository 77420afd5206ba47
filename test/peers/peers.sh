#!/usr/bin/env bash
# peers.sh: makes sure that today's bpftrace and libbpf-tools are in a Debian of their own in the cache, outside the tree,
# and prints its suite and its directory. Sid, because it has the latest; bookworm where sid cannot be had.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/../../packages.sh"
. "$here/../debian-archive.sh"
cache="$(sonde_cache)/peers"
packages=(bpftrace libbpf-tools)

# make SUITE: appears whole or not at all, so an interrupted one is made again.
make() {
	local suite=$1 new="$cache/$1.new" archive
	archive="$(debian_archive "$suite")" || return
	rm -rf "$new"
	debootstrap --variant=minbase "$suite" "$new" "$archive" || return
	"$here/enter-peers.sh" "$new" env DEBIAN_FRONTEND=noninteractive \
		apt-get -o Acquire::Retries=3 install -y --no-install-recommends "${packages[@]}" || return
	rm -rf "$new"/var/cache/apt/archives/*.deb
	mv "$new" "$cache/$suite"
}

mkdir -p "$cache"
for suite in sid bookworm; do
	if [ ! -d "$cache/$suite" ]; then
		install_packages debootstrap
		say "making a Debian $suite for bpftrace and libbpf-tools"
		if ! make "$suite" >"$cache/$suite.log" 2>&1; then
			rm -rf "$cache/$suite.new"
			say "no Debian $suite: $(tail -n 1 "$cache/$suite.log")"
			continue
		fi
	fi
	echo "$suite $cache/$suite"
	exit
done
fail 'no Debian with bpftrace and libbpf-tools could be made'
