#!/usr/bin/env bash
# Builds the image that is measured: bench/image.sh DIRECTORY makes an OCI layout of it.
#
# A Debian trixie server in four layers (base; kernel; userland; a top one with whiteouts, an opaque directory, replaced
# files and hard links into the layers below), under three tags:
#
#   gzip   layers compressed with gzip
#   zstd   the same with zstd
#   plain  as gzip, and a fifth layer with the configuration of a kernel that unpacks no zstd
#
# A second run does nothing when neither this nor bench/layers.sh has changed.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$(dirname "$1")"
output=$(realpath "$1")
base=systemd-sysv,systemd-resolved,udev,dbus,login,iproute2,iputils-ping,procps,less

inputs=$(cat "$here/image.sh" "$here/layers.sh" | sha256sum | cut -d' ' -f1)
[[ -e $output/.inputs && $(<"$output/.inputs") == "$inputs" ]] && exit

work=$(mktemp -d "$output.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP

# run NAME COMMAND...: what the command says is shown only where it fails.
run() {
  local log=$work/$1.log
  if ! "${@:2}" >"$log" 2>&1; then
    cat "$log" >&2
    echo "bench/image.sh: $1 failed, see above." >&2
    exit 1
  fi
}

echo "Building the image to measure, about a minute." >&2
run mmdebstrap mmdebstrap --mode=root --variant=minbase --format=null --include="$base" --skip=chroot/start-stop-daemon \
  --customize-hook="'$here/layers.sh' \"\$1\" '$work'" trixie

layout=$work/oci
# add_layer FROM-TAG TO-TAG NAME
add_layer() {
  run umoci umoci raw add-layer --image "$layout:$1" --tag "$2" --history.created_by "$3" "$work/$3.tar"
}
run umoci umoci init --layout "$layout"
run umoci umoci new --image "$layout:gzip"
run umoci umoci config --image "$layout:gzip" --no-history --os linux --architecture amd64
for layer in base kernel userland top; do
  add_layer gzip gzip "$layer"
done
add_layer gzip plain plain
run umoci umoci gc --layout "$layout"
# Within one layout skopeo would keep the layers that it finds there.
run skopeo skopeo copy --dest-compress-format zstd "oci:$layout:gzip" "oci:$work/zstd:zstd"
run skopeo skopeo copy "oci:$work/zstd:zstd" "oci:$layout:zstd"
echo "$inputs" >"$layout/.inputs"

rm -rf "$output"
mv "$layout" "$output"
