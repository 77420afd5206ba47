#!/usr/bin/env bash
# vm.sh KERNEL [COMMAND]: runs a command (default: a shell) in an emulated VM of this kernel, in this package's folder, as
# root. The VM sees this machine's files; what it writes is gone afterwards. Ends with the command's status.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
package="$(cd "$here/../.." && pwd)"
kernel="${1:?usage: vm.sh 5.10|6.1|6.12|newest [COMMAND]}"
command="${2:-exec bash -i}"

directory="$("$here/fetch.sh" "$kernel")"
# Where a kernel says which security modules it runs.
securityfs='mount -t securityfs securityfs /sys/kernel/security'
encoded="$(printf '%s; %s' "$securityfs" "$command" | base64 -w 0)"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT

# One TCG thread: with more, an emulated CPU may keep running the int3 of a kernel that patches its own code after that has
# been replaced, and then hangs at it (5.10) or panics (7.2). A CPU without AVX, which is slow to emulate; 2 CPUs as the
# tests expect; no KVM, so that it runs in machines that are virtual themselves.
qemu-system-x86_64 -accel tcg,thread=single -smp 2 -cpu Nehalem -m "${SONDE_VM_MEMORY:-2048}" -nographic -no-reboot \
	-kernel "$directory/vmlinuz" -initrd "$directory/initramfs" \
	-virtfs local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap \
	-append "console=ttyS0 panic=-1 quiet mitigations=off lsm=landlock,lockdown,yama,bpf sonde.directory=$package sonde.command=$encoded ${SONDE_VM_APPEND:-}" |
	tee "$log"
status="$(tr -d '\r' <"$log" | sed -n 's/^sonde-exit=//p' | tail -n 1)"
exit "${status:-1}"
