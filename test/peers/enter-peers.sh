#!/usr/bin/env bash
# enter-peers.sh ROOT COMMAND…: runs a command in the Debian that peers.sh made, under this process's id. The mounts that
# it needs are in a mount namespace of its own, so nothing of them is left when it ends.
set -euo pipefail
if [ "${IN_NAMESPACE:-}" != yes ]; then
	IN_NAMESPACE=yes exec unshare --mount --propagation private "$0" "$@"
fi
unset IN_NAMESPACE
root=$1
shift
for directory in proc sys dev; do mount --rbind "/$directory" "$root/$directory"; done
exec chroot "$root" "$@"
