# Sourced: packages of Debian suites that this machine does not run, without changing its own sources or packages.

# Everything that is downloaded for tests, outside the tree.
sonde_cache() { echo "${SONDE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sonde}"; }

# debian_archive SUITE: the archive that has this suite, by the mirror that this machine's own apt uses.
debian_archive() {
	local suite="$1" site
	site="$(apt-get indextargets --format '$(ORIGIN) $(SITE) $(RELEASE)' |
		awk '$1 == "Debian" && $3 !~ /-security$/ { print $2; exit }')"
	[ -n "$site" ] || { echo 'apt knows no Debian archive; run "apt-get update" first' >&2; return 1; }
	case "$suite" in
		*-security) echo "${site%/}-security" ;;
		*) echo "$site" ;;
	esac
}

# foreign_apt SUITE: prepares an apt of its own for this suite and sets the array foreign_apt_options, for apt-get and
# apt-cache.
foreign_apt() {
	local suite="$1" archive state
	archive="$(debian_archive "$suite")"
	state="$(sonde_cache)/apt/$suite"
	mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
	echo "deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $suite main" \
		>"$state/sources.list"
	: >"$state/status"
	foreign_apt_options=(-o "Dir::State::Lists=$state/lists" -o "Dir::State::status=$state/status"
		-o "Dir::Cache=$state/cache" -o "Dir::Etc::sourcelist=$state/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o APT::Sandbox::User=root -o Acquire::Retries=3 -o APT::Architecture=amd64)
}
