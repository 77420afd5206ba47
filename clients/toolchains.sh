# Sourced after packages.sh and test/debian-archive.sh, in the root of the tree: Python and Go, with what makes and tests
# the stubs. Nothing is installed but Debian's python3-venv; the rest is in caches outside the tree.

# use_python: puts a python first that has exactly what clients/python/requirements.txt says.
use_python() {
	local requirements=clients/python/requirements.txt key venv
	python3 -c 'import ensurepip' 2>/dev/null || install_packages python3-venv
	key="$({ cat "$requirements"; python3 -c 'import sys; print(sys.base_prefix, sys.version)'; } | sha256sum)"
	venv="$(sonde_cache)/python/${key:0:16}"
	if [ ! -e "$venv/complete" ]; then
		say 'installing Python packages'
		rm -rf "$venv"
		quietly python3 -m venv "$venv"
		quietly "$venv/bin/pip" install --disable-pip-version-check --no-deps --requirement "$requirements"
		quietly "$venv/bin/pip" check
		touch "$venv/complete"
	fi
	export VIRTUAL_ENV="$venv" PATH="$venv/bin:$PATH"
}

# use_go: puts a Go first that can be what a go.mod asks for.
use_go() {
	# Since 1.21 Go fetches, as a module, the version that go.mod names. Debian and others switch that off.
	export GOTOOLCHAIN=auto
	go_fetches_toolchains || unpack_go
	# A stamp of the commit needs a version control system that works, and nobody reads it in these programs.
	export GOFLAGS=-buildvcs=false
}

go_fetches_toolchains() {
	local version
	version="$(go env GOVERSION 2>/dev/null)" || return 1
	printf '%s\n' go1.21 "$version" | sort -V -C
}

# Bookworm itself has 1.19.
unpack_go() {
	local directory file
	directory="$(sonde_cache)/go"
	if [ ! -e "$directory/complete" ]; then
		command -v apt-get >/dev/null || fail 'install Go 1.21 or newer'
		say 'fetching Go'
		rm -rf "$directory"
		mkdir -p "$directory/download"
		foreign_apt bookworm-backports
		quietly apt-get "${foreign_apt_options[@]}" update
		(cd "$directory/download" && quietly apt-get "${foreign_apt_options[@]}" download golang-1.23-go golang-1.23-src)
		for file in "$directory"/download/*.deb; do dpkg -x "$file" "$directory"; done
		rm -rf "$directory/download"
		touch "$directory/complete"
	fi
	export PATH="$directory/usr/lib/go-1.23/bin:$PATH"
}
