#!/usr/bin/env bash
# Builds the demo: a bootable Debian image, as an OCI layout directory.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
output=$here/../../build/demo/oci

usage() {
  cat <<END
Usage: examples/debian/build.sh [--output DIR]

Builds a Debian trixie that boots from memory, as an OCI layout directory. It has two tags: "trixie" and the
version of the point release.
A second run does nothing when nothing here has changed; delete the directory to get newer packages.

  --output DIR  the directory to make (default: build/demo/oci)
  --help        this text

SOURCE_DATE_EPOCH, when set, is the date of everything in the image.
END
}

fail() {
  echo "examples/debian/build.sh: $1" >&2
  exit "${2:-1}"
}

while (($#)); do
  case $1 in
    --output)
      (($# > 1)) || fail "--output needs a directory" 2
      output=$2
      shift 2
      ;;
    --help)
      usage
      exit
      ;;
    *) fail "unknown option $1; see --help" 2 ;;
  esac
done

for tool in mmdebstrap umoci; do
  command -v "$tool" >/dev/null || fail "$tool is missing: run 'apt-get install $tool' as root, then this again"
done
if [[ -e $output && ! -e $output/oci-layout ]]; then
  fail "$output exists and is no OCI layout: move it away or choose another --output, it would be replaced"
fi
mkdir -p "$(dirname "$output")" || fail "cannot make the directory for $output: choose another --output"
output=$(realpath "$output")
work=$(mktemp -d "$output.XXXXXX") || fail "cannot write beside $output: choose another --output"
trap 'rm -rf "$work"' EXIT

cd "$here"

# Any date does as long as it is the same for everyone: that of the last change here, or this one where there is no
# history to ask.
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct -- . 2>/dev/null || true)}
export SOURCE_DATE_EPOCH=${epoch:-1767225600}

tar --create --file "$work/overlay.tar" --directory overlay --sort=name --mtime="@$SOURCE_DATE_EPOCH" \
  --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX .

inputs=$(cat build.sh packages.list prune.conf "$work/overlay.tar" | sha256sum | cut -d' ' -f1)
if [[ -e $output/.inputs && $(<"$output/.inputs") == "$inputs" ]]; then
  echo "The demo image is up to date: $output"
  exit
fi

echo "Building the demo image: Debian trixie, about a minute."
# From within $work: mmdebstrap takes what a hook says apart at the spaces, which a path to here may have
# shellcheck disable=SC2016  # $1 is the root, and mmdebstrap's to fill in
if ! (
  cd "$work"
  exec mmdebstrap --variant=minbase --include="$(sed '/^#/d' "$here/packages.list" | paste -sd,)" \
    --dpkgopt="$here/prune.conf" \
    --setup-hook='tar-in overlay.tar /' \
    --customize-hook='chroot "$1" systemctl enable systemd-networkd' \
    --customize-hook='rm -r "$1"/initrd.img* "$1"/boot/initrd.img-* "$1"/etc/ssh/ssh_host_* "$1"/var/log/journal' \
    --customize-hook='download /etc/debian_version version' \
    --skip=output/dev \
    trixie root.tar
) 2>"$work/mmdebstrap.log"; then
  cat "$work/mmdebstrap.log" >&2
  ((EUID == 0)) || fail "mmdebstrap could not make the root, see above; run this as root, or install uidmap"
  fail "mmdebstrap could not make the root, see above; mostly the network or the package mirror is the cause"
fi

version=$(<"$work/version")
created=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%FT%TZ)
layout=$work/oci
image=$layout:trixie
if ! {
  umoci init --layout "$layout" &&
    umoci new --image "$image" &&
    umoci raw add-layer --image "$image" --history.created "$created" --history.created_by "mmdebstrap trixie" \
      "$work/root.tar" &&
    umoci config --image "$image" --no-history --created "$created" --os linux --architecture amd64 \
      --config.label org.opencontainers.image.title="Wyrcan demo" \
      --config.label org.opencontainers.image.description="Debian trixie, made to boot from memory" \
      --config.label org.opencontainers.image.version="$version" \
      --config.cmd /init &&
    umoci tag --image "$image" "$version" &&
    umoci gc --layout "$layout"
} >"$work/umoci.log" 2>&1; then
  cat "$work/umoci.log" >&2
  fail "umoci could not make the image, see above"
fi
echo "$inputs" >"$layout/.inputs"

rm -rf "$output"
mv "$layout" "$output"
echo "The demo image is ready, $(du -sh "$output" | cut -f1) compressed: $output"
