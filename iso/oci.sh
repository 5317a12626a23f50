# shellcheck shell=bash disable=SC2154  # base, kernel, tools and output are set by build-iso.sh
# The image: our own root as a container image that our own loader boots. So a machine's loader is upgraded by a pull.

# make_oci DIRECTORY OWN FILE: writes FILE, an OCI archive of the initrd's archives (OWN is the one of our own files) and
# of the kernel.
make_oci() {
  local directory=$1 own=$2 file=$3 boot=$1/root/boot
  local -a labels
  mkdir -p "$boot"
  cp "$kernel"/config-* "$boot/"
  cp "$output/wyrcan.kernel" "$boot/"
  echo "quiet panic=60" >"$boot/wyrcan.cmdline"
  mapfile -t labels < <(oci_labels)
  archive "$directory/root" "$SOURCE_DATE_EPOCH" "$directory/boot.cpio.zst"
  cp "$base/base.cpio.zst" "$directory/distribution.cpio.zst"
  cp "$own" "$directory/wyrcan.cpio.zst"
  cp iso/oci.py "$directory/"
  # shellcheck disable=SC2016  # the inner shell expands these
  in_tools "$directory" bash -euc -o pipefail '
    for layer in distribution boot wyrcan; do
      zstd --quiet --decompress --stdout --long=27 $layer.cpio.zst | bsdtar --format=pax --create --file=$layer.tar @-
    done
    python3 -B oci.py wyrcan.oci "$@" -- distribution.tar boot.tar wyrcan.tar
  ' oci "${labels[@]}"
  mv "$directory/wyrcan.oci" "$file"
}

# oci_labels: prints the labels, one a line (OCI image-spec 1.1, "Annotations"), and the one by which our loader knows
# another one.
oci_labels() {
  local source revision
  echo "wyr.loader=yes"
  echo "org.opencontainers.image.title=Wyrcan TUI"
  echo "org.opencontainers.image.description=Boots a machine straight into a container image"
  echo "org.opencontainers.image.version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)"
  echo "org.opencontainers.image.licenses=$(sed -n 's/^license = "\(.*\)"$/\1/p' pyproject.toml)"
  echo "org.opencontainers.image.created=$(date --utc --date="@$SOURCE_DATE_EPOCH" +%FT%TZ)"
  if revision=$(git rev-parse HEAD 2>/dev/null); then
    echo "org.opencontainers.image.revision=$revision"
  fi
  # A clone of a folder has no address that would help anybody else
  if source=$(git remote get-url origin 2>/dev/null) && [[ $source == http?(s)://* && $source != *@* ]]; then
    echo "org.opencontainers.image.source=$source"
  fi
}
