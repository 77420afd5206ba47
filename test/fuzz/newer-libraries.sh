# Sourced: Node for jazzer.js, whose binary needs glibc 2.38 and the C++ library of GCC 13.

# Sets the array fuzz_node: "node", or on an older Debian what runs it with the libraries of a newer one, which are unpacked
# into the cache. Nothing is installed.
prepare_fuzz_node() {
	local directory suite=trixie package
	fuzz_node=(node)
	if dpkg --compare-versions "$(getconf GNU_LIBC_VERSION | cut -d ' ' -f 2)" ge 2.38; then return; fi
	directory="$(sonde_cache)/libraries/$suite"
	if [ ! -d "$directory" ]; then
		say "getting the C library of Debian $suite"
		foreign_apt "$suite"
		quietly apt-get "${foreign_apt_options[@]}" update
		rm -rf "$directory.new"
		mkdir -p "$directory.new/download"
		(cd "$directory.new/download" && quietly apt-get "${foreign_apt_options[@]}" download libc6 libstdc++6 libgcc-s1)
		for package in "$directory.new"/download/*.deb; do dpkg -x "$package" "$directory.new"; done
		mv "$directory.new" "$directory"
	fi
	# Those that Node and the addon need beside them are this machine's.
	fuzz_node=("$directory/usr/lib64/ld-linux-x86-64.so.2" --library-path
		"$directory/usr/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu" "$(command -v node)")
}
