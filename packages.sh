# Sourced by scripts that install what they need: Debian's packages by name, and words for people on stderr.

say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$*" >&2; }
fail() { say "$*"; exit 1; }

# quietly COMMAND…: shows what it printed only if it failed, and then ends the script.
quietly() {
	local log
	log="$(mktemp)"
	if ! "$@" >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		fail "failed: $*"
	fi
	rm -f "$log"
}

# install_packages PACKAGE…: those that are missing.
install_packages() {
	local missing=() package
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
	done
	if [ ${#missing[@]} -eq 0 ]; then return; fi
	command -v apt-get >/dev/null || fail "install by hand what Debian calls: ${missing[*]}"
	[ "$(id -u)" = 0 ] || fail "packages are missing: run as root, or run: apt-get install ${missing[*]}"
	say "installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	quietly apt-get -o Acquire::Retries=3 update
	quietly apt-get -o Acquire::Retries=3 install -y --no-install-recommends "${missing[@]}"
}
