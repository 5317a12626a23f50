# shellcheck shell=bash disable=SC2154  # tools is set by build-iso.sh
# Debian trixie, the one suite that everything on the ISO comes from, whatever the host runs.

# debian_root VARIANT LIST DIRECTORY: unpacks the packages named in LIST, and what they depend on, below DIRECTORY.
# VARIANT is mmdebstrap's: "extract" only unpacks, "essential" also runs the packages' own set-up.
debian_root() {
  local variant=$1 list=$2 directory=$3
  mmdebstrap --quiet --mode=root --variant="$variant" --architectures=amd64 \
    --components=main,non-free-firmware --include="$(listed "$list" | paste -sd,)" \
    --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/info/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' \
    trixie "$directory" || fail "Debian's packages could not be fetched or unpacked, see above." \
    "Check that this machine reaches its Debian mirror (mmdebstrap trixie /tmp/try), then run this again."
}

# make_tools DIRECTORY: fills it with the root that the build's own commands run in.
make_tools() {
  debian_root extract iso/tools.list "$1"
  mkdir -p "$1/mnt"
}

# in_tools DIRECTORY COMMAND...: runs a command of the tools root with DIRECTORY, mounted at /mnt, as its working
# directory. The mount lives in a namespace of its own, so it is gone with the command, however that ends.
in_tools() {
  # shellcheck disable=SC2016  # the inner shell expands these
  unshare --mount --propagation private -- bash -euc '
    mount --bind "$2" "$1/mnt"
    exec chroot "$1" env -i --chdir=/mnt PATH=/usr/sbin:/usr/bin LC_ALL=C TZ=UTC \
      SOURCE_DATE_EPOCH="$SOURCE_DATE_EPOCH" "${@:3}"
  ' in_tools "$tools" "$@"
}
