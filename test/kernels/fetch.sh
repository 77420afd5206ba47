#!/usr/bin/env bash
# fetch.sh KERNEL: makes sure that the kernel (5.10, 6.1, 6.12 or newest) and its initramfs are in the cache, and prints
# their directory. Nothing is installed; packages are unpacked into the cache, outside the tree.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
. "$here/../../packages.sh"
. "$here/../debian-archive.sh"
cache="$(sonde_cache)/kernels"

# Debian's suite and the package with the modules. Not the cloud flavours: they have no 9p.
case "${1:-}" in
	5.10) suite=bullseye-security pattern='^linux-image-5\.10\.0-[0-9]+-amd64$' ;;
	6.1) suite=bookworm pattern='^linux-image-6\.1\.0-[0-9]+-amd64$' ;;
	6.12) suite=bookworm-security pattern='^linux-image-6\.12\.[0-9]+\+deb12-amd64$' ;;
	newest) suite=sid pattern='^linux-modules-[0-9.]+\+deb[0-9]+-amd64$' ;;
	*)
		echo 'usage: fetch.sh 5.10|6.1|6.12|newest' >&2
		exit 2
		;;
esac
directory="$cache/$1"
if [ -f "$directory/initramfs" ] && [ "$directory/initramfs" -nt "$here/init" ] && [ "$directory/initramfs" -nt "$here/fetch.sh" ]; then
	echo "$directory"
	exit
fi
install_packages qemu-system-x86 busybox-static cpio xz-utils zstd

foreign_apt "$suite"
quietly apt-get "${foreign_apt_options[@]}" update
# -security keeps old kernels beside new ones.
package="$(apt-cache "${foreign_apt_options[@]}" pkgnames | grep -E "$pattern" | sort -V | tail -n 1)"
[ -n "$package" ] || { fail "$suite has no package like $pattern"; }
packages=("$package")
# Since 7.x the image itself is in another package.
case "$package" in linux-modules-*) packages+=("${package/linux-modules-/linux-binary-}") ;; esac

mkdir -p "$directory/download"
(cd "$directory/download" && quietly apt-get "${foreign_apt_options[@]}" download "${packages[@]}")
rm -rf "$directory/root"
for file in "$directory"/download/*.deb; do dpkg -x "$file" "$directory/root"; done
rm -rf "$directory/download"

release="${package#linux-image-}"
release="${release#linux-modules-}"
cp "$(find "$directory/root" -name "vmlinuz*" | head -n 1)" "$directory/vmlinuz"
echo "$release" >"$directory/release"

# busybox, init, the modules that reach the host's files, and the one that makes block devices of files, for tests.
build="$directory/build"
rm -rf "$build"
mkdir -p "$build"/{bin,modules,proc,sys,dev,host,upper,root}
cp /bin/busybox "$build/bin/busybox"
cp "$here/init" "$build/init"
chmod +x "$build/init"
for module in virtio virtio_ring virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci netfs fscache 9pnet 9pnet_virtio 9p overlay loop; do
	file="$(find "$directory/root" -name "$module.ko*" | head -n 1)"
	case "$file" in
		*.xz) xz -dc "$file" >"$build/modules/$module.ko" ;;
		*.zst) zstd -qdc "$file" >"$build/modules/$module.ko" ;;
		*.ko) cp "$file" "$build/modules/$module.ko" ;;
		# Built in, or younger than this kernel.
		'') ;;
	esac
done
(cd "$build" && find . | cpio --quiet -o -H newc | gzip -1) >"$directory/initramfs.new"
rm -rf "$build" "$directory/root"
mv "$directory/initramfs.new" "$directory/initramfs"
echo "$directory"
